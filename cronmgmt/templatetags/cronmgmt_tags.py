"""Moments, durations and parameters as people read them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.timesince import timesince
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext as _

from cronmgmt.models import Priority, deed_name

register = template.Library()

register.filter("deed", deed_name)

MINUTE = timedelta(minutes=1)


@register.inclusion_tag("cronmgmt/_when.html")
def when(moment: datetime | None, now: datetime, nothing: str = "–") -> dict[str, Any]:
    """A moment in the current time zone, and how far from now it is."""
    distance = relative(moment, now) if moment else ""
    return {"moment": moment, "relative": distance, "nothing": nothing}


@register.inclusion_tag("cronmgmt/_ago.html")
def ago(moment: datetime | None, now: datetime, nothing: str = "–") -> dict[str, Any]:
    """How far from now a moment is; a pointer over it shows when that is."""
    return {**when(moment, now, nothing), "zone": get_current_timezone_name()}


@register.simple_tag
def relative(moment: datetime, now: datetime) -> str:
    """``in 5 minutes`` or ``5 minutes ago``."""
    distance = abs(moment - now)
    if distance < MINUTE:
        span = _("%(count)d s") % {"count": distance.seconds}
    else:
        span = timesince(now - distance, now, depth=1)
    sentence = _("in %(span)s") if moment > now else _("%(span)s ago")
    return sentence % {"span": span}


@register.filter
def duration(seconds: float | timedelta | None) -> str:
    """``4 ms``, ``0.35 s``, ``12 s``, ``2 min 5 s``, ``10 min`` or ``1 h 2 min``."""
    if seconds is None:
        return "–"
    if isinstance(seconds, timedelta):
        seconds = seconds.total_seconds()
    if 0 < seconds < 0.0095:
        return _("%(count)d ms") % {"count": max(round(seconds * 1000), 1)}
    if seconds < 9.995:
        digits = 0 if float(seconds).is_integer() else 2
        return _("%(count)s s") % {"count": number_format(seconds, digits)}
    return _long(round(seconds))


def _long(seconds: int) -> str:
    minutes, seconds = divmod(seconds, 60)
    hours, rest = divmod(minutes, 60)
    values = {"hours": hours, "minutes": rest, "seconds": seconds, "count": seconds}
    if not minutes:
        return _("%(count)d s") % values
    if not hours:
        text = _("%(minutes)d min %(seconds)d s") if seconds else _("%(minutes)d min")
    else:
        text = _("%(hours)d h %(minutes)d min") if rest else _("%(hours)d h")
    return text % values


@register.filter
def priority(number: int) -> str:
    """``normal``, or the number where it has no name."""
    return str(dict(Priority.choices).get(number, number))


@register.filter
def as_json(value: Any) -> str:
    """JSON that a person can read."""
    return json.dumps(value, indent=2, ensure_ascii=False)


@register.filter
def plain(number: float) -> str:
    """A number as SVG wants it, whatever the language."""
    return f"{number:g}"


@register.filter
def rate(number: float) -> str:
    """``0.25``, ``3.1`` or ``1,200``: as many digits as mean something."""
    return number_format(number, 0 if number >= 100 else 1 if number >= 1 else 2)


@register.filter
def percent(share: float | None) -> str:
    """``1.5 %`` of a share from 0 to 1."""
    if share is None:
        return "–"
    return _("%(number)s %%") % {"number": number_format(round(share * 100, 1), 1)}
