"""What goes in, checked, and what comes out, as the OpenAPI document tells it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from cronmgmt.engine.actions import EDITABLE
from cronmgmt.errors import shorten
from cronmgmt.models.mailing import MOST_ADDRESSES
from cronmgmt.targets import LONGEST
from cronmgmt.text import NAME, NAME_LENGTH

ME = "me"
WORD = NAME.pattern
SCHEDULES = ("cronExpression", "cron", "every", "at")
NAMED = rf"^{WORD}\Z"


class Text(serializers.CharField):
    """Text and nothing else: a number is no name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        """Return the text, or complain."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(data)


class Name(serializers.RegexField):
    """The name of a job, a handler or a queue."""

    default_error_messages = {
        "invalid": gettext_lazy("A name has only a-z, 0-9 and . : _ - in it.")
    }

    def __init__(self, **options: Any) -> None:
        limits = {"max_length": NAME_LENGTH, "min_length": 1}
        super().__init__(NAMED, trim_whitespace=False, **{**limits, **options})

    def to_internal_value(self, data: Any) -> str:
        """Return the name, or complain."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(data)


class Params(serializers.DictField):
    """Parameters of a handler; its signature checks them."""


class Body(serializers.Serializer):
    """What a request holds; a misspelt key must not go unnoticed."""

    def to_internal_value(self, data: Any) -> Any:
        """Return what is known and right, or complain."""
        if isinstance(data, dict) and (unknown := data.keys() - self.fields.keys()):
            sentence = _("Unknown: %(unknown)s; known: %(known)s.") % {
                "unknown": shorten(", ".join(sorted(unknown))),
                "known": ", ".join(self.fields),
            }
            raise serializers.ValidationError({"non_field_errors": [sentence]})
        return super().to_internal_value(data)


class Notify(serializers.ListField):
    """Who is mailed when the run has ended."""

    def __init__(self, **options: Any) -> None:
        usual = {"child": Text(max_length=254), "max_length": MOST_ADDRESSES}
        about = f"E-mail addresses of who is mailed at its end; `{ME}`: your own."
        super().__init__(**{**usual, "required": False, "help_text": about, **options})


class Trigger(Body):
    params = Params(required=False, help_text="In place of the job's own, one by one.")
    reason = Text(required=False, default="", allow_blank=True, max_length=2000)
    notify = Notify()
    target = Text(
        required=False,
        max_length=LONGEST,
        help_text="The one to do, of a job that goes over several.",
    )


Edit: Any = type(
    "Edit",
    (Body,),
    {
        "__doc__": "Fields as in a file of jobs; what is left out stays as it is.",
        **{
            name: serializers.JSONField(required=False, allow_null=True)
            for name in EDITABLE
        },
    },
)


class Registration(Edit):
    """A job and its schedule, and any other fields as in a file of jobs."""

    jobName = Name(help_text="What the job is called, for good.")
    cronExpression = Text(
        required=False,
        max_length=200,
        allow_null=True,
        help_text="Five fields, or six with seconds first; null: only when triggered. "
        "It may be left out where `cron`, `every` or `at` stands.",
    )
    handler = Name(max_length=200, help_text="The name of a registered handler.")
    timezone = Text(
        required=False,
        max_length=64,
        help_text="Such as Europe/Oslo; of a new job UTC.",
    )
    params = Params(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Complain unless there is one schedule, or none on purpose."""
        given = [name for name in SCHEDULES if name in attrs]
        if not given:
            sentence = _("Give one of %(known)s; null: only when triggered.")
            known = {"known": ", ".join(SCHEDULES)}
            raise serializers.ValidationError({SCHEDULES[0]: [sentence % known]})
        if len(given) > 1:
            sentence = _("Give only one of %(given)s.") % {"given": ", ".join(given)}
            raise serializers.ValidationError({given[1]: [sentence]})
        return attrs


class Complaint(serializers.Serializer):
    field = serializers.CharField(allow_blank=True)
    detail = serializers.CharField()


class Problem(serializers.Serializer):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    executionId = serializers.UUIDField(
        required=False, help_text="The run that is in the way."
    )
    errors = Complaint(many=True, required=False)


class Job(serializers.Serializer):
    name = serializers.CharField()
    status = serializers.ChoiceField(["idle", "running", "error"])
    lastRun = serializers.DateTimeField(allow_null=True)
    nextRun = serializers.DateTimeField(allow_null=True)
    duration = serializers.FloatField(allow_null=True, help_text="In seconds.")
    error = serializers.CharField(
        allow_null=True, help_text="Stays until the next success."
    )
    title = serializers.CharField()
    schedule = serializers.CharField()
    timezone = serializers.CharField()
    state = serializers.ChoiceField(["on", "off", "retired", "set-aside"])
    lastStatus = serializers.CharField(allow_null=True)
    lastSuccess = serializers.DateTimeField(allow_null=True)
    consecutiveFailures = serializers.IntegerField()
    executionId = serializers.UUIDField(
        allow_null=True, help_text="The run that is unfinished."
    )


class JobInFull(Job):
    revision = serializers.IntegerField(help_text="Grows with each change.")
    definition = serializers.DictField(
        help_text="As in a file of jobs; parameters that are secret are masked."
    )
    offUntil = serializers.DateTimeField(allow_null=True)
    offReason = serializers.CharField(allow_blank=True)
    offBy = serializers.CharField(allow_blank=True)


class Jobs(serializers.Serializer):
    jobs = Job(many=True)
    next = serializers.CharField(
        allow_null=True, help_text="The cursor of the next page; null at the end."
    )


class Queued(serializers.Serializer):
    jobName = serializers.CharField()
    executionId = serializers.UUIDField()


class Progress(serializers.Serializer):
    done = serializers.IntegerField(allow_null=True)
    total = serializers.IntegerField(allow_null=True)


class Upcoming(serializers.Serializer):
    words = serializers.CharField()
    moments = serializers.ListField(child=serializers.DateTimeField())
    notes = serializers.ListField(
        child=serializers.CharField(), help_text="What clock changes do to it."
    )


class Answer(serializers.Serializer):
    job = serializers.CharField()
    asked = serializers.DateTimeField()
    occurrence = serializers.DateTimeField(allow_null=True)
    outcome = serializers.CharField()
    reason = serializers.CharField()
    executionId = serializers.UUIDField(allow_null=True)


class LastResult(serializers.Serializer):
    """All is null before the first run."""

    jobName = serializers.CharField()
    status = serializers.CharField(allow_null=True)
    duration = serializers.FloatField(allow_null=True, help_text="In seconds.")
    error = serializers.CharField(allow_null=True)
    executionId = serializers.UUIDField(allow_null=True)
    result = serializers.JSONField(allow_null=True)
    itemsProcessed = serializers.IntegerField(allow_null=True)
    progress = Progress(allow_null=True)
    startedAt = serializers.DateTimeField(allow_null=True)
    finishedAt = serializers.DateTimeField(allow_null=True)
