"""What goes in and comes out about runs, records and nodes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cronmgmt.api.asking import as_moment
from cronmgmt.api.shapes import Body, Name, Notify, Params, Progress, Queued, Text
from cronmgmt.models import Origin, Status

__all__ = ["Queued"]

NIL = UUID(int=0)


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(serializers.Field):
    """A moment with its time zone."""

    default_error_messages = {
        "invalid": _("Write a moment with its time zone, such as 2026-03-01T10:00:00Z.")
    }

    def to_internal_value(self, data: Any) -> datetime:
        """Return the moment, or complain."""
        found = as_moment(data) if isinstance(data, str) else None
        if found is None:
            raise serializers.ValidationError(self.error_messages["invalid"])
        return found

    def to_representation(self, value: Any) -> Any:
        """Return it as it is."""
        return value


class RunId(serializers.UUIDField):
    """A run's execution id as it is told: no number, and no other spelling."""

    def to_internal_value(self, data: Any) -> UUID:
        """Return the id, or complain."""
        if not isinstance(data, str) or len(data) != len(str(NIL)):
            self.fail("invalid", value=data)
        found: UUID = super().to_internal_value(data)
        return found


class Seconds(serializers.FloatField):
    """A number: text that looks like one is none."""

    def to_internal_value(self, data: Any) -> float:
        """Return it, or complain."""
        if not isinstance(data, int | float) or isinstance(data, bool):
            self.fail("invalid")
        return float(data)


class Because(Body):
    reason = Text(required=False, default="", allow_blank=True, max_length=2000)


class Off(Body):
    reason = Text(max_length=500)
    until = Moment(required=False, help_text="It comes on again by itself then.")


class Retry(Because):
    params = Params(required=False, help_text="In place of the run's own, one by one.")
    intendedFor = Moment(required=False, help_text="The date that the handler sees.")
    notify = Notify()


class Bulk(Because):
    verb = serializers.ChoiceField(["rerun", "cancel"])
    executionIds = serializers.ListField(child=RunId(), min_length=1, max_length=100)


class BulkDone(serializers.Serializer):
    done = serializers.ListField(child=serializers.UUIDField())
    refused = serializers.DictField(child=serializers.CharField())


class Cancelled(serializers.Serializer):
    executionId = serializers.UUIDField()
    status = serializers.ChoiceField(Status.values)


class Run(serializers.Serializer):
    executionId = serializers.UUIDField()
    jobName = serializers.CharField()
    handler = serializers.CharField()
    target = serializers.CharField(
        allow_null=True, help_text="The one it is for; null: for all that there are."
    )
    status = serializers.ChoiceField(Status.values)
    origin = serializers.ChoiceField(Origin.values)
    requestedBy = serializers.CharField(allow_blank=True)
    scheduledFor = serializers.DateTimeField(allow_null=True)
    intendedFor = serializers.DateTimeField(allow_null=True)
    availableAt = serializers.DateTimeField()
    createdAt = serializers.DateTimeField()
    startedAt = serializers.DateTimeField(allow_null=True)
    finishedAt = serializers.DateTimeField(allow_null=True)
    duration = serializers.FloatField(allow_null=True, help_text="In seconds.")
    attempt = serializers.IntegerField()
    worker = serializers.CharField(allow_blank=True)
    itemsProcessed = serializers.IntegerField(allow_null=True)
    progress = Progress()
    cancelRequested = serializers.BooleanField()
    reason = serializers.CharField(allow_null=True)
    error = serializers.CharField(allow_null=True)


class TargetResult(serializers.Serializer):
    target = serializers.CharField()
    status = serializers.ChoiceField(Status.values)
    attempt = serializers.IntegerField()
    startedAt = serializers.DateTimeField()
    duration = serializers.FloatField(help_text="In seconds.")
    itemsProcessed = serializers.IntegerField(allow_null=True)
    error = serializers.CharField(allow_null=True)


class RunInFull(Run):
    params = serializers.JSONField(allow_null=True)
    result = serializers.JSONField(allow_null=True)
    rerunOf = serializers.UUIDField(allow_null=True)
    queue = serializers.CharField()
    priority = serializers.IntegerField()
    targets = TargetResult(many=True)
    traceback = serializers.CharField(allow_null=True)


class Runs(serializers.Serializer):
    runs = Run(many=True)
    next = serializers.CharField(allow_null=True)


class Log(serializers.Serializer):
    text = serializers.CharField(allow_blank=True)
    last = serializers.IntegerField(help_text="Ask for what comes after it.")
    ended = serializers.BooleanField(help_text="Nothing more will come.")


class Work(Body):
    handler = Name(max_length=200, help_text="The name of a registered handler.")
    params = Params(required=False)
    priority = serializers.ChoiceField(
        ["urgent", "high", "normal", "low"], required=False
    )
    queue = Name(required=False)
    delay = Seconds(
        required=False, min_value=0, max_value=10**9, help_text="Seconds from now."
    )
    at = Moment(required=False, help_text="The earliest start; not with a delay.")
    uniqueKey = Text(required=False, max_length=200)
    notify = Notify()


class Enqueued(serializers.Serializer):
    executionId = serializers.UUIDField()
    isNew = serializers.BooleanField(
        help_text="False: work of the same key is unfinished, and this is it."
    )


class Node(serializers.Serializer):
    name = serializers.CharField()
    instance = serializers.CharField()
    state = serializers.ChoiceField(["alive", "silent", "stopped"])
    workers = serializers.IntegerField()
    version = serializers.CharField(allow_blank=True)
    schedules = serializers.BooleanField()
    startedAt = serializers.DateTimeField()
    seenAt = serializers.DateTimeField()


class Queue(serializers.Serializer):
    queue = serializers.CharField()
    waiting = serializers.IntegerField()
    since = serializers.DateTimeField()


class Nodes(serializers.Serializer):
    nodes = Node(many=True)
    queues = Queue(many=True)
    parked = serializers.IntegerField()
    workers = serializers.IntegerField()
    troubles = serializers.ListField(child=serializers.CharField())


class Record(serializers.Serializer):
    at = serializers.DateTimeField()
    actor = serializers.CharField(allow_blank=True)
    source = serializers.CharField()
    address = serializers.CharField(allow_blank=True)
    action = serializers.CharField()
    jobName = serializers.CharField(allow_null=True)
    executionId = serializers.UUIDField(allow_null=True)
    allowed = serializers.BooleanField()
    failed = serializers.BooleanField()
    unusual = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class Records(serializers.Serializer):
    activity = Record(many=True)
    next = serializers.CharField(allow_null=True)
