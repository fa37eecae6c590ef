"""The parameters of a job's handler: typed fields in the job's form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from cronmgmt import registry
from cronmgmt.models import ScheduledJob
from cronmgmt.parameters import Parameter, describe_parameters
from cronmgmt.parameters.forms import PREFIX, collected, form_fields

OWNER = "params_of"
"""The hidden field that says whose parameters a form shows."""

NOTHING: tuple[Any, ...] = (None, "", [])


Errors = dict[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """The handler whose parameters a form shows; one box of JSON without function."""

    handler: str
    function: Callable[..., Any] | None

    @property
    def names(self) -> list[str]:
        """The form's fields, in the order of the handler's signature."""
        if self.function is None:
            return ["params"]
        return [f"{PREFIX}{each.name}" for each in _parameters(self.function)]


def shown(request: HttpRequest, job: ScheduledJob | None) -> Shown:
    """Return what the form shows: of the handler chosen, else of the job's own."""
    chosen = request.POST if request.method == "POST" else request.GET
    handler = chosen.get("handler") or (job.handler if job else "")
    as_json = request.method == "POST" and "params" in chosen
    if as_json and chosen.get(OWNER, handler) == handler:
        return Shown(handler, None)  # A program need not know the fields.
    return Shown(handler, _typed(handler))


def fields(
    function: Callable[..., Any], held: Mapping[str, Any]
) -> dict[str, forms.Field]:
    """Return a field for each parameter, filled with what the job holds.

    What stands where a secret's name belongs may be the secret: it is not shown.
    """
    made = form_fields(function, held)
    for each in _parameters(function):
        field = made[f"{PREFIX}{each.name}"]
        _dress(field)
        if each.is_secret and not _fits(each, field.initial):
            field.initial = None
    return made


def complaints(function: Callable[..., Any], cleaned: Mapping[str, Any]) -> Errors:
    """Return what passed its field and still cannot be stored: JSON with a NaN, say."""
    found = {}
    for each in _parameters(function):
        name = f"{PREFIX}{each.name}"
        value = cleaned.get(name)
        is_set = each.required or value not in NOTHING
        if name in cleaned and is_set and not _fits(each, value):
            found[name] = _("Give %(wanted)s.") % {"wanted": each.kind.wanted}
    return found


def given(
    function: Callable[..., Any], before: Mapping[str, Any], form: forms.BaseForm
) -> dict[str, Any]:
    """Return the parameters to store: what was there, with what the form changed.

    What nobody set stays unset, so that the handler's own default counts.
    """
    filled = collected(function, form.cleaned_data)
    stored = {}
    for each in _parameters(function):
        name = each.name
        was = before.get(name, each.default)
        changed = f"{PREFIX}{name}" in form.changed_data
        if name in before and not (changed and _differ(was, filled.get(name))):
            stored[name] = before[name]
        elif name in filled and (each.required or _differ(was, filled[name])):
            stored[name] = filled[name]
    return stored


def without_secrets(function: Callable[..., Any], data: Any, wrong: Any) -> Any:
    """Return what was sent without what was typed where a secret's name belongs."""
    names = {f"{PREFIX}{each.name}" for each in _parameters(function) if each.is_secret}
    if names.isdisjoint(wrong):
        return data
    cleared = data.copy()
    cleared.update(dict.fromkeys(names.intersection(wrong), ""))
    return cleared


def about_leftovers(function: Callable[..., Any], held: Any) -> str:
    """Say what a job sets that its handler does not know (any longer)."""
    known = describe_parameters(function).by_name()
    names = ", ".join(sorted(set(as_object(held)) - set(known)))
    if not names:
        return ""
    sentence = _("The job also sets %(names)s, which the handler does not know.")
    return " ".join([sentence % {"names": names}, _("Saving takes it out.")])


def as_object(held: Any) -> dict[str, Any]:
    """Return a job's parameters; none for a row that somebody broke by hand."""
    return held if isinstance(held, dict) else {}


def _typed(handler: str) -> Callable[..., Any] | None:
    if not registry.is_registered(handler):
        return None
    function = registry.find(handler).function
    return None if describe_parameters(function).takes_any else function


def _parameters(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    return describe_parameters(function).parameters


def _fits(parameter: Parameter, value: Any) -> bool:
    try:
        parameter.kind.json(value)
    except (ValueError, TypeError):
        return False
    return True


def _differ(was: Any, now: Any) -> bool:
    return bool(was != now) and not (was in NOTHING and now in NOTHING)


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
