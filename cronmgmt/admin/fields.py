"""Form fields that take what people would write."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from cronmgmt import registry
from cronmgmt.models import Calendar
from cronmgmt.schedules import InvalidSchedule, parse_duration


class Words(forms.CharField):
    """A list of words, written with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        words = (super().to_python(value) or "").split(",")
        return [word.strip() for word in words if word.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


class Duration(forms.DurationField):
    """``5m`` or ``1h30m``, and what Django understands."""

    def to_python(self, value: Any) -> timedelta | None:
        try:
            return parse_duration(value)
        except InvalidSchedule:
            return super().to_python(value)


class Parameters(forms.JSONField):
    """A JSON object; nothing at all is an empty one."""

    def to_python(self, value: Any) -> Any:
        data = super().to_python(value)
        return {} if data is None else data


def handler_choices(current: str, note: str) -> list[tuple[str, str]]:
    """Return the handlers that may run, and the current one in any case."""
    names = registry.handler_names()
    choices = [("", "---------"), *((name, name) for name in names)]
    if current and current not in names:
        choices.append((current, f"{current} ({note})"))
    return choices


def calendar_choices(current: str) -> list[tuple[str, str]]:
    """Return no calendar, those there are, and the current one in any case."""
    names = list(Calendar.objects.values_list("name", flat=True))
    if current and current not in names:
        names.append(current)
    return [("", "---------"), *((name, name) for name in names)]
