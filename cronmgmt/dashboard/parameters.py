"""The form that triggers a job with other parameters than its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt import queries, registry
from cronmgmt.actors import Actor
from cronmgmt.engine.mailing import address_of
from cronmgmt.models import JobRun, ScheduledJob
from cronmgmt.parameters import describe_parameters
from cronmgmt.parameters.forms import (
    PREFIX,
    collected,
    complaints,
    form_fields,
    without_secrets,
)

BOX = "params"
MAIL = "mail_me"
TARGET = "target"


class TriggerForm(forms.Form):
    """The job's parameters as fields, or as one box of JSON; why, and whom to tell."""

    data: Any

    reason = forms.CharField(
        label=gettext_lazy("Reason"), required=False, max_length=500
    )

    def __init__(
        self,
        job: ScheduledJob | JobRun,
        actor: Actor,
        *args: Any,
        held: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.function = registry.typed(job.handler)
        usual = job.params if held is None else held
        self.held = usual if isinstance(usual, dict) else {}
        self.fields.update(self._parameter_fields())
        self.order_fields([name for name in self.fields if name != "reason"])
        names = [] if isinstance(job, JobRun) else queries.target_names(job.handler)
        if names:
            self.fields[TARGET] = _target(names)
        self.address = address_of(actor.user)
        if self.address:
            self.fields[MAIL] = _mail(job, self.address)

    def _parameter_fields(self) -> dict[str, forms.Field]:
        if self.function is None:
            return {BOX: _box(self.held)}
        return form_fields(self.function, self.held)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.function is not None:
            for name, complaint in complaints(self.function, data).items():
                self.add_error(name, complaint)
            self.data = without_secrets(self.function, self.data, self.errors)
        if not isinstance(data.get(BOX), dict | None):
            self.add_error(BOX, _("The parameters must be a JSON object."))
        return data

    def target(self) -> str:
        """Return the target that was chosen; empty for all of them."""
        return self.cleaned_data.get(TARGET) or ""

    def notify(self) -> list[str]:
        """Return who wants a mail when the run has ended."""
        return [self.address] if self.cleaned_data.get(MAIL) else []

    def changed(self) -> dict[str, Any]:
        """Return what replaces the job's own; what is emptied has its default."""
        if self.function is None:
            box: dict[str, Any] = self.cleaned_data.get(BOX) or {}
            shown = queries.shown_parameters("", self.held)
            return {
                name: _unmasked(value, shown.get(name), self.held.get(name))
                for name, value in box.items()
            }
        filled = collected(self.function, self.cleaned_data)
        touched = {name.removeprefix(PREFIX) for name in self.changed_data}
        return {
            each.name: filled.get(each.name, each.default)
            for each in describe_parameters(self.function).parameters
            if each.name in touched or (each.required and each.name not in self.held)
        }


def can_be_mailed(actor: Actor) -> bool:
    """Return whether the person has an address to which a mail can be sent."""
    return bool(address_of(actor.user))


def has_targets(job: ScheduledJob) -> bool:
    """Return whether a run may be for one target alone."""
    return registry.targets_of(job.handler) is not None


def has_parameters(job: ScheduledJob) -> bool:
    """Return whether there is anything to fill in."""
    function = registry.typed(job.handler)
    return function is None or bool(describe_parameters(function).parameters)


def _unmasked(given: Any, shown: Any, held: Any) -> Any:
    """Return what is meant: where nobody touched what was masked, what it hides."""
    if given == shown:
        return held
    if isinstance(given, dict) and isinstance(shown, dict) and isinstance(held, dict):
        return {
            name: _unmasked(value, shown.get(name), held.get(name))
            for name, value in given.items()
        }
    return given


def _target(names: list[str]) -> forms.Field:
    return forms.ChoiceField(
        label=_("Target"),
        required=False,
        choices=[("", _("all of them")), *((name, name) for name in names)],
    )


def _mail(job: ScheduledJob | JobRun, address: str) -> forms.Field:
    always = isinstance(job, ScheduledJob) and job.mail_requester
    return forms.BooleanField(
        label=_("Mail me when it has ended (%(address)s)") % {"address": address},
        required=False,
        initial=always,
        disabled=always,
        help_text=_("This job mails whoever triggers it.") if always else "",
    )


def _box(held: dict[str, Any]) -> forms.Field:
    return forms.JSONField(
        label=_("Parameters"),
        required=False,
        initial=queries.shown_parameters("", held),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("A JSON object. What is left out of it stays as the job has it."),
    )
