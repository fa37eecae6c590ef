"""Everything cronmgmt raises on purpose.

CronmgmtError
├── InvalidSchedule      a schedule's text, zone or bounds cannot be used
├── InvalidJob           a job's fields do not fit together or fit no rule
├── InvalidParameters    a handler's parameters do not fit its signature
├── HandlerError
│   ├── UnknownHandler       no handler is registered under that name
│   └── HandlerRefused       the callable cannot be a handler, and why
├── UnknownJob           no job has that name
├── Refused              a person or program asked for what the state does not allow
│   ├── Forbidden            they may not do that
│   └── Blocked              an unfinished run of the same job is in the way
├── NonRetryable         raised by a handler: end now, a retry would not help
└── Retry                raised by a handler: try again, at the time it asks for

Interruption (a KeyboardInterrupt: ``except Exception`` in a handler does not swallow
│             it, and libraries tidy up as for Ctrl-C)
├── RunTimedOut          the run outlasted its time-out
├── RunCancelled         somebody cancelled the run
├── RunHandedBack        the node is shutting down; the run is queued again
├── MemoryExceeded       the worker process uses more than the job allows
└── LeaseLost            another worker may own the run now: stop at once
"""

from __future__ import annotations

from datetime import timedelta


class CronmgmtError(Exception):
    """Base of every error that cronmgmt raises on purpose."""


class InvalidSchedule(CronmgmtError, ValueError):
    """A schedule cannot be used.

    ``field`` says which part is wrong (``"minute"``, ``"timezone"``, ``"expression"``
    …), ``value`` what came, shortened; the message says both and what was wanted.
    """

    def __init__(self, field: str, value: object, problem: str) -> None:
        self.field = field
        self.value = shorten(value)
        self.problem = problem
        super().__init__(f"{field}: {problem} (got {self.value!r})")


class InvalidJob(CronmgmtError, ValueError):
    """A job cannot be declared or saved like this; the message says what to change."""


class InvalidParameters(CronmgmtError, ValueError):
    """Parameters do not fit the handler; the message names the parameter."""


class HandlerError(CronmgmtError):
    """Base of what can be wrong with a handler."""


class UnknownHandler(HandlerError, LookupError):
    """No handler is registered under that name."""


class HandlerRefused(HandlerError, TypeError):
    """The callable cannot be a handler; the message says why."""


class UnknownJob(CronmgmtError, LookupError):
    """No job has that name."""


class Refused(CronmgmtError):
    """The message is written for the person who asked, and shown as it is."""


class Forbidden(Refused):
    """They may not do that."""


class Blocked(Refused):
    """An unfinished run of the same job is in the way; ``execution_id`` names it."""

    def __init__(self, message: str, *, execution_id: str = "") -> None:
        self.execution_id = execution_id
        super().__init__(message)


class NonRetryable(CronmgmtError):
    """Raise it in a handler when a retry would not help: the run fails at once."""


class Retry(CronmgmtError):
    """Raise it in a handler to be tried again.

    ``after`` is how long to wait; without it the job's own backoff decides. The
    attempt counts like any other: after ``max_attempts`` the run has failed.
    """

    def __init__(self, message: str = "", *, after: timedelta | None = None) -> None:
        if not isinstance(after, timedelta | None):
            raise TypeError(
                f"Retry(after=…) takes a timedelta, such as timedelta(minutes=5); "
                f"got {shorten(after)}."
            )
        self.after = after
        super().__init__(message or "The handler asked to be tried again.")


class Interruption(KeyboardInterrupt):
    """Base of what stops a handler from outside.

    A KeyboardInterrupt, because libraries know what to do then: psycopg cancels the
    statement on the server, asyncio and subprocess clean up.
    """


class RunTimedOut(Interruption):
    """The run outlasted its time-out."""


class RunCancelled(Interruption):
    """Somebody cancelled the run."""


class RunHandedBack(Interruption):
    """The node is shutting down; the run goes back to the queue."""


class MemoryExceeded(Interruption):
    """The worker process uses more memory than the job allows."""


class LeaseLost(Interruption):
    """The run's lease ran out: another worker may own it now."""


def shorten(value: object, limit: int = 60) -> str:
    """Return ``value`` as text of at most ``limit`` characters, for a message."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
