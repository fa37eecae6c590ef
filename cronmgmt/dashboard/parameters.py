"""The form that triggers a job with other parameters than its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt import registry
from cronmgmt.models import ScheduledJob
from cronmgmt.parameters import Parameter, describe_parameters
from cronmgmt.parameters.forms import PREFIX, collected, form_fields

BOX = "params"


class TriggerForm(forms.Form):
    """The job's parameters as fields, or as one box of JSON, and why."""

    data: Any

    reason = forms.CharField(
        label=gettext_lazy("Reason"), required=False, max_length=500
    )

    def __init__(self, job: ScheduledJob, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.function = typed(job.handler)
        self.held = job.params if isinstance(job.params, dict) else {}
        self.fields.update(self._parameter_fields())
        self.order_fields([name for name in self.fields if name != "reason"])

    def _parameter_fields(self) -> dict[str, forms.Field]:
        if self.function is None:
            return {BOX: _box(self.held)}
        made = form_fields(self.function, self.held)
        for each in self.parameters:
            field = made[f"{PREFIX}{each.name}"]
            _dress(field)
            if each.is_secret and not _fits(each, field.initial):
                field.initial = None  # It may be the secret itself.
        return made

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The handler's parameters; none where they are not known."""
        return describe_parameters(self.function).parameters if self.function else ()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for each in self.parameters:
            name = f"{PREFIX}{each.name}"
            value = data.get(name)
            is_set = each.required or value not in (None, "", [])
            if name in data and is_set and not _fits(each, value):
                wanted = {"wanted": each.kind.wanted}
                self.add_error(name, _("Give %(wanted)s.") % wanted)
            if each.is_secret and name in self.errors:
                # It may be the secret itself: it is not shown again.
                self.data = self.data.copy()
                self.data[name] = ""
        if not isinstance(data.get(BOX), dict | None):
            self.add_error(BOX, _("The parameters must be a JSON object."))
        return data

    def changed(self) -> dict[str, Any]:
        """Return what replaces the job's own; what is emptied has its default."""
        if self.function is None:
            box: dict[str, Any] = self.cleaned_data.get(BOX) or {}
            return box
        filled = collected(self.function, self.cleaned_data)
        touched = {name.removeprefix(PREFIX) for name in self.changed_data}
        return {
            each.name: filled.get(each.name, each.default)
            for each in self.parameters
            if each.name in touched or (each.required and each.name not in self.held)
        }


def typed(handler: str) -> Callable[..., Any] | None:
    """Return the function whose parameters can be fields; None if they are not known."""
    if not registry.is_registered(handler):
        return None
    function = registry.find(handler).function
    return None if describe_parameters(function).takes_any else function


def has_parameters(job: ScheduledJob) -> bool:
    """Return whether there is anything to fill in."""
    function = typed(job.handler)
    return function is None or bool(describe_parameters(function).parameters)


def _box(held: dict[str, Any]) -> forms.Field:
    return forms.JSONField(
        label=_("Parameters"),
        required=False,
        initial=held,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("A JSON object. What is left out of it stays as the job has it."),
    )


def _fits(parameter: Parameter, value: Any) -> bool:
    try:
        parameter.kind.json(value)
    except (ValueError, TypeError):
        return False
    return True


def _dress(field: forms.Field) -> None:
    """Let the browser help with what is hard to type."""
    if isinstance(field, forms.DateField):
        field.widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    elif isinstance(field, forms.DateTimeField):
        field.widget = forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S"
        )
    elif isinstance(field, forms.JSONField):
        field.widget.attrs["rows"] = 4
