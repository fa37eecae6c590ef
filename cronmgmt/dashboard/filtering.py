"""The form above the runs of all jobs, kept in the address -> what is looked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cronmgmt.dashboard.moments import moment_field
from cronmgmt.models import Origin, Status
from cronmgmt.queries import GROUPS, RunFilter, preset

STATES = [
    ("", _("any")),
    ("unfinished", _("unfinished")),
    ("failures", _("failed in any way")),
    *Status.choices,
]
PRESETS = {
    "running": _("Running"),
    "stuck": _("Stuck"),
    "failed": _("Failed in the last 24 h"),
}


USUAL = ("state", "job", "text")
MORE = ("origin", "person", "node", "since", "until")


def _text(label: Any, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return forms.CharField(label=label, required=False, max_length=150, widget=widget)


class Filters(forms.Form):
    """What runs somebody looks for; ``show`` is a preset."""

    show = forms.ChoiceField(
        choices=[("", ""), *PRESETS.items()], required=False, widget=forms.HiddenInput
    )
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    job = _text(_("Job"), list="known-jobs")
    origin = forms.ChoiceField(
        label=_("Origin"), choices=[("", _("any")), *Origin.choices], required=False
    )
    person = _text(_("Person"))
    node = _text(_("Node"))
    since = moment_field(_("Queued from"), required=False)
    until = moment_field(_("Queued to"), required=False)
    text = _text(_("Text in reason or error"), type="search")

    @property
    def usual(self) -> list[forms.BoundField]:
        """The fields that are always to be seen."""
        return [self[name] for name in USUAL]

    @property
    def more(self) -> list[forms.BoundField]:
        """The others."""
        return [self[name] for name in MORE]

    @property
    def has_more(self) -> bool:
        """Whether one of the others is filled in."""
        return any(self.data.get(name) for name in MORE)

    def asked(self, now: datetime, *, reads_errors: bool) -> RunFilter:
        """Return what a valid form asks for."""
        given = self.cleaned_data
        states = GROUPS.get(given["state"]) or tuple(filter(None, [given["state"]]))
        return RunFilter(
            **{"states": states, **preset(given["show"], now)},
            job=given["job"],
            origin=given["origin"],
            person=given["person"],
            node=given["node"],
            since=given["since"],
            until=given["until"],
            text=given["text"],
            reads_errors=reads_errors,
        )

    def kept(self, **changes: str) -> str:
        """Return the query string that asks for the same, but for some changes."""
        query = QueryDict(mutable=True)
        for name in self.fields:
            value = changes.pop(name, self.data.get(name, ""))
            if value:
                query[name] = value
        for name, value in changes.items():
            query[name] = value
        return query.urlencode()
