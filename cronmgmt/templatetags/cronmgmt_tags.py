"""Moments, durations and parameters as people read them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

register = template.Library()

MINUTE = timedelta(minutes=1)


@register.inclusion_tag("cronmgmt/_when.html")
def when(moment: datetime | None, now: datetime, nothing: str = "–") -> dict[str, Any]:
    """A moment in the current time zone, and how far from now it is."""
    distance = relative(moment, now) if moment else ""
    return {"moment": moment, "relative": distance, "nothing": nothing}


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
    """``0.35 s``, ``12 s``, ``2 min 5 s`` or ``1 h 2 min``."""
    if seconds is None:
        return "–"
    if isinstance(seconds, timedelta):
        seconds = seconds.total_seconds()
    if seconds < 9.995:
        return _("%(count).2f s") % {"count": seconds}
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return _("%(count)d s") % {"count": rest}
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min %(seconds)d s") % {
            "minutes": minutes,
            "seconds": rest,
        }
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}


@register.filter
def as_json(value: Any) -> str:
    """JSON that a person can read."""
    return json.dumps(value, indent=2, ensure_ascii=False)
