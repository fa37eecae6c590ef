"""The end of code that cannot be interrupted: the process ends, with a traceback.

Two cases. A handler that swallows its interruption is ended by the supervisor, which
records the outcome first. Code that hangs in C holding the interpreter lock stops the
supervisor too; ``faulthandler`` then writes where it hangs and ends the process, and
recovery, which finds the run without a worker, reads that.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from cronmgmt.conf import conf
from cronmgmt.engine import workers
from cronmgmt.engine.finishing import finish
from cronmgmt.engine.leases import lease
from cronmgmt.engine.outcomes import raised
from cronmgmt.telemetry.redaction import Redactor
from cronmgmt.text import digest

if TYPE_CHECKING:
    from cronmgmt.engine.supervision import Watch

logger = logging.getLogger("cronmgmt.engine")

EXIT_STATUS = 70
TRACE_LIMIT = 100_000

_file: TextIO | None = None
_armed_for: int | None = None
_counting = False


def arm() -> None:
    """Let the watchdog end this process; only where that is harmless.

    Never called in a web process: it would end with whatever requests it serves.
    """
    global _file, _armed_for
    if _armed_for != os.getpid():
        _armed_for = os.getpid()
        path = trace_path(workers.this())
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.parent.stat().st_uid != os.getuid():
            raise PermissionError(f"{path.parent} belongs to somebody else.")
        _file = path.open("w")


def is_armed() -> bool:
    """Return whether this process may be ended."""
    return _armed_for == os.getpid()


def rearm(deadline: float | None) -> None:
    """Begin the count anew: the process ends unless this is called again in time.

    That is a lease, or less when the run has a ``deadline`` (by the monotonic clock):
    its interruption and INTERRUPT_GRACE come first.
    """
    global _counting
    if not is_armed() or _file is None:
        return
    seconds = lease().total_seconds()
    if deadline is not None:
        grace = conf.INTERRUPT_GRACE.total_seconds() + 2 * conf.BEAT.total_seconds()
        seconds = min(seconds, max(deadline - time.monotonic(), 0) + grace)
    faulthandler.dump_traceback_later(seconds, exit=True, file=_file)
    _counting = True


def begin(deadline: float | None) -> None:
    """Make sure that the count is on when a run begins; nearly free when it is."""
    if deadline is not None or not _counting:
        rearm(deadline)


def pause() -> None:
    """Stop counting: this process has nothing to do for a while."""
    global _counting
    if _counting:
        faulthandler.cancel_dump_traceback_later()
        _counting = False


def forget_trace(worker: str) -> None:
    """Take away what a dead worker of this machine has left."""
    if workers.is_of_this_instance(worker):
        with contextlib.suppress(OSError):
            trace_path(worker).unlink()


def end_process(watch: Watch) -> None:
    """Record the outcome of a handler that does not end, and end the process."""
    if not is_armed() or watch.gate.pending is None:
        return
    outcome = raised(watch.gate.pending, watch.row.timeout)
    outcome.reason += (
        " The handler did not end when interrupted; its process was ended."
    )
    outcome.traceback = Redactor().text(stack_of(watch.gate.thread))
    outcome.duration = time.monotonic() - watch.started
    try:
        finish(watch.row, outcome)
    except Exception:
        logger.exception("Run %s: its outcome is left to recovery", watch.row.pk)
    os._exit(EXIT_STATUS)


def stack_of(thread: int) -> str:
    """Return where that thread is now, as a traceback reads."""
    frame = sys._current_frames().get(thread)
    return "".join(traceback.format_stack(frame)) if frame else ""


def trace_path(worker: str) -> Path:
    """Return where a worker process of this machine leaves its last traceback."""
    folder = Path(tempfile.gettempdir()) / f"cronmgmt-{os.getuid()}"
    return folder / f"{digest(worker)[:32]}.trace"


def read_trace(worker: str) -> str:
    """Return the last traceback of a dead worker of this machine; else empty."""
    if not workers.is_of_this_instance(worker):
        return ""
    try:
        return trace_path(worker).read_text(errors="replace")[-TRACE_LIMIT:]
    except OSError:
        return ""
