"""Signals for host projects; each is sent after the change is committed.

All carry ``run``, the JobRun as it stands then. A receiver that raises is logged and
harms nothing.
"""

from __future__ import annotations

from django.dispatch import Signal

run_started = Signal()
"""A worker is about to call the handler. Arguments: ``run``."""

run_finished = Signal()
"""A run has its outcome. Arguments: ``run``."""
