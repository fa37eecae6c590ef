"""The page of who did or tried what, and the same as CSV or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from cronmgmt import clock, queries
from cronmgmt.dashboard.access import for_members
from cronmgmt.dashboard.frame import let_in, show
from cronmgmt.dashboard.lookup import number
from cronmgmt.dashboard.moments import moment_field
from cronmgmt.dashboard.records import COLUMNS, VERDICTS, RecordRow, line
from cronmgmt.dashboard.rows import SLOW, Viewer
from cronmgmt.exports import csv_response, json_response
from cronmgmt.models import database
from cronmgmt.queries import ActivityFilter, ActivityFound

NEEDED = "view_activity"
PLAIN = {"autocomplete": "off"}


def _text(label: Any, **attrs: str) -> forms.CharField:
    kind = forms.TextInput(attrs={**PLAIN, **attrs})
    return forms.CharField(label=label, required=False, max_length=150, widget=kind)


class Filters(forms.Form):
    """What records somebody looks for."""

    person = _text(_("Person"))
    job = _text(_("Job"))
    action = _text(_("Action"), list="known-actions")
    verdict = forms.ChoiceField(
        label=_("Outcome"),
        choices=[("", _("any")), *VERDICTS.items()],
        required=False,
    )
    since = moment_field(_("From"), required=False)
    until = moment_field(_("To"), required=False)

    def asked(self) -> ActivityFilter:
        """Return what a valid form asks for."""
        return ActivityFilter(**self.cleaned_data)

    def kept(self, **changes: str) -> str:
        """Return the query string that asks for the same, but for some changes."""
        query = QueryDict(mutable=True)
        given = {name: self.data.get(name, "") for name in self.fields}
        for name, value in {**given, **changes}.items():
            if value:
                query[name] = value
        return query.urlencode()


@require_safe
@for_members()
def activity(request: HttpRequest) -> HttpResponse:
    viewer = let_in(request, NEEDED)
    before = number(request.GET.get("before"))
    form = Filters(request.GET)
    found = ActivityFound([], None)
    if form.is_valid():
        found = queries.find_activity(form.asked(), viewer.actor, before)
    context = {
        "now": clock.now(database()),
        "filters": form,
        "filtered": form.kept(),
        "rows": _rows(found, viewer),
        "known_actions": queries.actions_known(viewer.actor),
        "newest": f"?{form.kept()}" if before is not None else "",
        "older": f"?{form.kept(before=str(found.older))}" if found.older else "",
        "unsearched": found.unsearched,
        "seconds": None if before is not None or form.errors else SLOW,
    }
    response = show(request, "activity", viewer, context)
    response.status_code = 400 if form.errors else response.status_code
    return response


def _rows(found: ActivityFound, viewer: Viewer) -> list[RecordRow]:
    keys = [each.job_key for each in found.records]
    names = queries.names_of(keys, viewer.actor)
    return [
        RecordRow(each, viewer.errors, names.get(each.job_key or 0, ""))
        for each in found.records
    ]


@require_safe
@for_members()
def as_csv(request: HttpRequest) -> HttpResponseBase:
    viewer = let_in(request, NEEDED)
    lines = _lines(_asked(request), viewer)
    return csv_response("activity.csv", COLUMNS, lines)


@require_safe
@for_members()
def as_json(request: HttpRequest) -> HttpResponseBase:
    viewer = let_in(request, NEEDED)
    lines = _lines(_asked(request), viewer)
    return json_response("activity.json", "activity", COLUMNS, lines)


def _asked(request: HttpRequest) -> ActivityFilter:
    form = Filters(request.GET)
    if not form.is_valid():
        field, errors = next(iter(form.errors.items()))
        raise BadRequest(f"{form.fields[field].label}: {errors[0]}")
    return form.asked()


def _lines(asked: ActivityFilter, viewer: Viewer) -> Iterator[list[Any]]:
    for piece in queries.find_all_activity(asked, viewer.actor):
        for record in piece:
            yield line(record, reads_errors=viewer.errors)
