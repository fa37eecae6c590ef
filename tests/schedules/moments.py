"""Moments as a reader writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def utc(text):
    """Return ``2026-03-29 01:00`` as a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text, zone, fold=0):
    """Return what a clock in ``zone`` shows as a moment; ``fold=1`` is the second."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
