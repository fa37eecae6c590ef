"""A field for a moment, whose label tells in which time zone it is read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.timezone import get_current_timezone_name


def moment_field(
    label: Any, *, seconds: bool = False, **options: Any
) -> forms.DateTimeField:
    """Return a field for a moment in the current time zone, to the minute or second.

    Chromium leaves a moment empty whose text is finer than the field's step.
    """
    attrs: dict[str, Any] = {"type": "datetime-local"}
    kind = forms.DateTimeInput(
        attrs={**attrs, "step": 1} if seconds else attrs,
        format="%Y-%m-%dT%H:%M:%S" if seconds else "%Y-%m-%dT%H:%M",
    )
    return forms.DateTimeField(label=_zoned(label), widget=kind, **options)


def _with_zone(label: Any) -> str:
    return f"{label} ({get_current_timezone_name()})"


_zoned = lazy(_with_zone, str)
