"""What a handler returned or raised -> the outcome that is recorded."""

from __future__ import annotations

import json
import traceback
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from cronmgmt.conf import conf
from cronmgmt.errors import (
    CronmgmtError,
    HandlerRefused,
    Interruption,
    InvalidParameters,
    LeaseLost,
    MemoryExceeded,
    NonRetryable,
    Retry,
    RunCancelled,
    RunHandedBack,
    RunTimedOut,
)
from cronmgmt.models import Status
from cronmgmt.telemetry.redaction import Redactor
from cronmgmt.text import clean_json, clean_text, full_name, safe_str

HANDED_BACK = "handed_back"
STALE = "stale"

PERMANENT = (NonRetryable, HandlerRefused, InvalidParameters)
"""What another attempt would meet again; an unknown handler may come with a deploy."""

ASKED_FOR = frozenset({"*"})
"""Instead of an exception's names: the handler asked for another attempt itself."""

ERROR_LIMIT = 10_000
TRACEBACK_LIMIT = 100_000

_OUR_FRAMES = {
    "asyncio.base_events",
    "asyncio.runners",
    "cronmgmt.engine.coroutines",
    "cronmgmt.engine.execution",
    "cronmgmt.registry",
    "cronmgmt.tasks.functions",
}


@dataclass(slots=True)
class Outcome:
    """How one attempt ended, before anything is decided about a retry.

    ``status`` is a final Status, HANDED_BACK (to be queued again without using up an
    attempt) or STALE (the run is another worker's by now; nothing may be recorded).
    """

    status: str
    reason: str = ""
    result: Any = None
    error_class: str = ""
    error_message: str = ""
    traceback: str = ""
    may_retry: bool = True
    retry_after: timedelta | None = None
    kinds: frozenset[str] = frozenset()
    """The names of the exception's class and of all above it, short and dotted."""
    unknown: bool = False
    """The handler was not called: this version of the code does not have it."""
    refused: bool = False
    """The handler was not called: in this version it does not take the parameters."""
    went_on: bool = False
    """Some of its targets are done: another attempt has only the others to do."""
    ends_process: bool = False
    """The process that executed it is of no more use."""
    duration: float = 0.0
    log: str = ""
    usage: dict[str, Any] = field(default_factory=dict)
    handed_back_with: dict[str, Any] = field(default_factory=dict)
    """Columns that change, besides, in a run that is handed back."""

    def bare(self, error: Exception) -> Outcome:
        """Return this outcome without what the handler left: that cannot be written."""
        why = f"The rest could not be recorded: {type(error).__name__}."
        return Outcome(
            self.status,
            reason=f"{self.reason} {why}".strip(),
            error_class=self.error_class,
            may_retry=self.may_retry,
            kinds=self.kinds,
            ends_process=self.ends_process,
            duration=self.duration,
        )


def succeeded(value: Any) -> Outcome:
    """Return the success, with the value if it is JSON of a bounded size."""
    try:
        result = clean_json(value)
        size = len(json.dumps(result))
    except Exception as error:  # Its own methods may raise anything.
        kind = type(value).__name__
        why = clean_text(f"The result, a {kind}, is not JSON: {safe_str(error)}", 1000)
        return Outcome(Status.SUCCEEDED, reason=f"{why}. It was not kept.")
    if size > conf.RESULT_LIMIT:
        why = f"The result has {size} characters of JSON and was not kept; "
        return Outcome(
            Status.SUCCEEDED, reason=f"{why}RESULT_LIMIT is {conf.RESULT_LIMIT}."
        )
    return Outcome(Status.SUCCEEDED, result=result)


def raised(error: BaseException, timeout: timedelta | None) -> Outcome:
    """Return the outcome of a handler that raised, whatever it raised."""
    match error:
        case RunTimedOut():
            outcome = _failure(error, Status.TIMED_OUT)
            outcome.reason = f"Timed out after {timeout}."
        case MemoryExceeded():
            outcome = _failure(error, Status.FAILED)
            outcome.reason = outcome.error_message
            outcome.ends_process = True
        case RunCancelled():
            outcome = Outcome(Status.CANCELLED, clean_text(error), may_retry=False)
        case RunHandedBack():
            outcome = Outcome(HANDED_BACK, clean_text(error))
        case LeaseLost():
            outcome = Outcome(STALE, clean_text(error))
        case _:
            outcome = _failure(error, Status.FAILED)
            outcome.may_retry = not isinstance(error, PERMANENT)
            if isinstance(error, Retry):
                outcome.retry_after, outcome.kinds = error.after, ASKED_FOR
    return outcome


def redacted(outcome: Outcome, redactor: Redactor) -> Outcome:
    """Mask the secrets in all that will be stored; the log is masked as it comes."""
    outcome.reason = redactor.text(outcome.reason)
    outcome.error_message = redactor.text(outcome.error_message)
    outcome.traceback = redactor.text(outcome.traceback)
    outcome.result = redactor.json(outcome.result)
    return outcome


def _failure(error: BaseException, status: str) -> Outcome:
    name = type(error).__name__
    text = clean_text(error, ERROR_LIMIT)
    return Outcome(
        status,
        reason=clean_text(f"{name}: {text}" if text else name, 1000),
        error_class=clean_text(_full_name(error), 200),
        error_message=text or name,
        traceback=_traceback(error),
        kinds=kinds_of(type(error)),
    )


def kinds_of(error: type[BaseException]) -> frozenset[str]:
    """Return the names under which ``retry_on`` may mean this class."""
    return frozenset(
        name for kind in error.__mro__ for name in (kind.__name__, full_name(kind))
    )


def _full_name(error: BaseException) -> str:
    ours = isinstance(error, CronmgmtError | Interruption)
    return type(error).__qualname__ if ours else full_name(type(error))


def _traceback(error: BaseException) -> str:
    frames = error.__traceback__
    while frames and frames.tb_frame.f_globals.get("__name__") in _OUR_FRAMES:
        frames = frames.tb_next
    try:
        lines = traceback.format_exception(error.with_traceback(frames))
    except Exception:
        # An exception whose text raises; its frames are still worth having.
        lines = traceback.format_tb(frames)
    text = clean_text("".join(lines))
    return text if len(text) <= TRACEBACK_LIMIT else f"…{text[-TRACEBACK_LIMIT:]}"
