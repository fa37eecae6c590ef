"""What is often looked for in the history -> the conditions that find it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cronmgmt.models import FAILURES, HELD, UNFINISHED
from cronmgmt.queries.search import PENDING

STUCK_AFTER = timedelta(minutes=5)
LATELY = timedelta(hours=24)

GROUPS: dict[str, tuple[str, ...]] = {"unfinished": UNFINISHED, "failures": FAILURES}
"""Several states under one name."""

PRESETS = ("running", "stuck", "failed")


def preset(name: str, now: datetime) -> dict[str, Any]:
    """Return what a preset looks for, as fields of a RunFilter."""
    if name == "running":
        return {"states": HELD}
    if name == "stuck":
        return {"states": PENDING, "due_before": now - STUCK_AFTER}
    if name == "failed":
        return {"states": FAILURES, "ended_since": now - LATELY}
    return {}
