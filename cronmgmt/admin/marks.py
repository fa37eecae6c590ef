"""What a person changed of what the code declares: who, when, and the way back."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cronmgmt.engine.overrides import TOGETHER, Provenance, decoded, provenance
from cronmgmt.models import ScheduledJob

BACK = "_back_to_code"
"""The check boxes' name in the form; their values are columns."""


def marks(
    job: ScheduledJob | None, *, may_reset: bool, ticked: Collection[str] = ()
) -> dict[str, SafeString]:
    """Return a sentence for each declared column that a person changed."""
    columns = provenance(job) if job else []
    return {
        each.column: _mark(each, box=may_reset, ticked=each.column in ticked)
        for each in columns
        if each.source == "person"
    }


def declared(job: ScheduledJob, columns: Collection[str]) -> dict[str, Any]:
    """Return what the code declares of columns, and of those that go with them."""
    wanted = set(columns)
    for pair in TOGETHER:
        if wanted & set(pair):
            wanted |= set(pair)
    known = wanted & set(job.declared)
    return {column: decoded(column, job.declared[column]) for column in known}


def _mark(changed: Provenance, *, box: bool, ticked: bool) -> SafeString:
    sentence = format_html(
        _("Changed by {}; the code declares {}."),
        ", ".join(filter(None, [changed.by or _("somebody"), _moment(changed.at)])),
        _code(changed.declared),
    )
    if not box:
        return format_html('<span class="cronmgmt-mark">{}</span>', sentence)
    return format_html(
        '<span class="cronmgmt-mark">{} <label><input type="checkbox" name="{}" '
        'value="{}"{}> {}</label></span>',
        sentence,
        BACK,
        changed.column,
        SafeString(" checked") if ticked else "",
        _("Give it back to the code"),
    )


def _moment(text: str) -> str:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    return date_format(localtime(moment), "j M Y H:i") if moment else ""


def _code(value: Any) -> SafeString | str:
    if value in (None, "", [], {}):
        return _("nothing")
    return format_html("<code>{}</code>", _text(value))


def _text(value: Any) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, datetime):
        return date_format(localtime(value), "j M Y H:i")
    if isinstance(value, timedelta):
        return str(value)
    return str(value)
