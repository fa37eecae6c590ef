"""Running run -> outcome: call the handler, whatever it does."""

from __future__ import annotations

import inspect
import os
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, TextIO

from cronmgmt.engine import coroutines, interrupts, supervision
from cronmgmt.engine.connections import tidied
from cronmgmt.engine.context import Run
from cronmgmt.engine.outcomes import Outcome, raised, redacted, succeeded
from cronmgmt.engine.output import Echo, Output, captured
from cronmgmt.engine.resolving import resolve
from cronmgmt.engine.supervision import Watch
from cronmgmt.engine.surroundings import kept
from cronmgmt.engine.targets import go_over
from cronmgmt.errors import Interruption, InvalidParameters, UnknownHandler
from cronmgmt.models import JobRun, Status
from cronmgmt.registry import Handler
from cronmgmt.signals import run_started
from cronmgmt.telemetry import logs
from cronmgmt.telemetry.redaction import Redactor


def execute(
    row: JobRun, echo: TextIO | Echo | None = None, waiting: deque[JobRun] | None = None
) -> Outcome:
    """Call the handler of a run that is durably started, and return how it ended.

    ``waiting`` are runs claimed ahead: they are given back if this one takes long.

    Nothing that the handler does escapes: ``sys.exit``, ``KeyboardInterrupt``, an
    open transaction or a broken connection end as an ordinary outcome.
    """
    logs.started(row)
    run_started.send_robust(sender=JobRun, run=row)
    redactor = Redactor()
    output = Output(echo, redactor)
    started = time.monotonic()
    handler = None
    try:
        handler = resolve(row.handler)
        redactor = Redactor(handler.secrets(row.params))
        output.trust(redactor)
        outcome = _execute(Watch(row, Run(row, output), output, waiting), handler)
    except BaseException as error:
        outcome = raised(error, row.timeout)
        outcome.unknown = handler is None and isinstance(error, UnknownHandler)
    outcome.refused = handler is not None and _refuses(handler, row, outcome)
    outcome.duration = time.monotonic() - started
    outcome.log = output.take(last=True)
    return redacted(outcome, redactor)


def _refuses(handler: Handler, row: JobRun, outcome: Outcome) -> bool:
    """Return whether the handler was not called: it does not take these parameters.

    One that was may have raised the same of parameters for something else.
    """
    if outcome.error_class != InvalidParameters.__name__:
        return False
    try:
        handler.arguments(row.params)
    except InvalidParameters:
        return True
    return False


def _execute(watch: Watch, handler: Handler) -> Outcome:
    interrupts.install()
    with tidied() as distrust, kept():
        with supervision.supervisor.watching(watch):
            outcome = _inside(handler, watch)
        if watch.gate.pending is not None:
            distrust()
    report = watch.run.report()
    watch.row.items_processed = report["items_processed"]
    outcome.usage = {**watch.usage.columns(), **report}
    return outcome


def _inside(handler: Handler, watch: Watch) -> Outcome:
    work = partial(_result, handler, watch)
    if handler.targets is None and not watch.row.target:
        return _call(watch, work)
    return go_over(handler, watch, partial(_call_tidily, watch), work)


def _call_tidily(watch: Watch, work: Callable[[], Any]) -> Outcome:
    """Call it, and leave to the next target what it would find if it were the first."""
    with tidied() as distrust, kept():
        outcome = _call(watch, work)
        if watch.gate.pending is not None:
            distrust()
    return outcome


def _call(watch: Watch, work: Callable[[], Any]) -> Outcome:
    process = os.getpid()
    outcome = _called(watch, work)
    if os.getpid() != process:
        # The handler forked and its child came back: it is no worker, and locks of
        # threads that it does not have may be held for ever.
        os._exit(outcome.status != Status.SUCCEEDED)
    return outcome


def _called(watch: Watch, work: Callable[[], Any]) -> Outcome:
    returned: list[Any] = []
    timeout = watch.row.timeout
    try:
        try:
            with captured(watch.output):
                watch.gate.open()
                returned.append(work())
        finally:
            watch.gate.close()
    except Interruption as late:
        # It may come after the handler's last line, which then did all its work.
        watch.gate.close()
        return succeeded(returned[0]) if returned else raised(late, timeout)
    except BaseException as error:
        return _judged(raised(error, timeout), watch)
    return _judged(succeeded(returned[0]), watch)


def _judged(outcome: Outcome, watch: Watch) -> Outcome:
    """Return how it ended: an interruption counts, whatever the handler made of it."""
    if watch.gate.pending is None or not watch.gate.delivered:
        return outcome
    ended = raised(watch.gate.pending, watch.row.timeout)
    ended.traceback = outcome.traceback or ended.traceback
    return ended


def _result(handler: Handler, watch: Watch) -> Any:
    result = handler(watch.run, watch.row.params)
    if inspect.iscoroutine(result):
        result = coroutines.finish(result)
    return result
