"""What is wrong with a schedule -> a sentence that can be said in any language."""

from __future__ import annotations

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from cronmgmt.errors import InvalidSchedule

FIELDS = {
    "at": gettext_lazy("moment"),
    "calendar": gettext_lazy("calendar"),
    "day-of-month": gettext_lazy("day-of-month"),
    "day-of-week": gettext_lazy("day-of-week"),
    "ends_at": gettext_lazy("ends at"),
    "every": gettext_lazy("interval"),
    "expression": gettext_lazy("expression"),
    "hour": gettext_lazy("hour"),
    "minute": gettext_lazy("minute"),
    "month": gettext_lazy("month"),
    "on_holiday": gettext_lazy("on holiday"),
    "second": gettext_lazy("second"),
    "starts_at": gettext_lazy("starts at"),
    "timezone": gettext_lazy("timezone"),
}
"""The parts of a schedule, as people call them."""


def say_problem(error: InvalidSchedule) -> Any:
    """Return what the error says, in the language in which it is read."""
    problem = gettext_lazy(error.text)
    if error.values:
        problem = format_lazy(problem, **error.values)
    return format_lazy(
        gettext_lazy("{field}: {problem} (got {value!r})"),
        field=FIELDS.get(error.field, error.field),
        problem=problem,
        value=error.value,
    )
