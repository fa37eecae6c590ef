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
from cronmgmt.parameters.forms import NOTHING, PREFIX, collected

OWNER = "params_of"
"""The hidden field that says whose parameters a form shows."""


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
    return Shown(handler, registry.typed(handler))


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


def _parameters(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    return describe_parameters(function).parameters


def _differ(was: Any, now: Any) -> bool:
    return bool(was != now) and not (was in NOTHING and now in NOTHING)
