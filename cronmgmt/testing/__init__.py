"""Helpers for the host's own tests; no cluster is needed, nothing is left running.

running   a handler, once or twice, as a real run
inline    what is queued, or due at a time: worked off here and now
watching  what was queued, and what was not

``cronmgmt.pytest_plugin`` has them as fixtures.
"""

from __future__ import annotations

from cronmgmt.clock import SettableClock, use
from cronmgmt.testing.inline import quiet, run_due, run_queued, run_until
from cronmgmt.testing.running import assert_second_run_changes_nothing, run_handler
from cronmgmt.testing.watching import Watched, assert_not_queued, assert_queued

__all__ = [
    "SettableClock",
    "Watched",
    "assert_not_queued",
    "assert_queued",
    "assert_second_run_changes_nothing",
    "quiet",
    "run_due",
    "run_handler",
    "run_queued",
    "run_until",
    "use",
]
