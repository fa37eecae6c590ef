"""Signals for host projects; each is sent after the change is committed.

A receiver that raises is logged and harms nothing.
"""

from __future__ import annotations

from django.dispatch import Signal

run_started = Signal()
"""A worker is about to call the handler. Arguments: ``run``, as it stands then."""

run_finished = Signal()
"""A run has its outcome. Arguments: ``run``, as it stands then."""

unusual_activity = Signal()
"""Somebody triggers far more than they usually do. Arguments: ``activity``, the record
of the attempt."""
