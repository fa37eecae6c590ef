"""Everything cronmgmt raises on purpose.

CronmgmtError
├── InvalidSchedule      a schedule's text, zone or bounds cannot be used
├── InvalidJob           a job's fields do not fit together or fit no rule
├── InvalidWork          work cannot be queued like this
├── InvalidParameters    a handler's parameters do not fit its signature
├── InvalidTargets       what a run should go over cannot be found, or is no list of names
├── HandlerError
│   ├── UnknownHandler       no handler is registered under that name
│   └── HandlerRefused       the callable cannot be a handler, and why
├── UnknownJob           no job has that name
├── Refused              a person or program asked for what the state does not allow
│   ├── Forbidden            they may not do that
│   ├── UnknownRun           no run has that execution id
│   ├── Stale                somebody else changed it meanwhile
│   ├── Blocked              an unfinished run of the same job is in the way
│   ├── KeyReused            the idempotency key was another request's
│   └── UnderWay             the first request under the idempotency key is not answered
├── LoginRefused         the login provider knows them, and they are not let in
├── TokenRefused         a bearer token cannot be trusted
├── ProviderAway         the login provider cannot be asked for its keys
├── TooManyGuesses       an address sent too many wrong keys, tokens or secrets
├── AppendOnly           a record of what somebody did was to be changed or deleted
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
    ``text`` and ``values`` are of what ``problem`` is made, for who translates it.
    """

    def __init__(self, field: str, value: object, text: str, **values: object) -> None:
        self.field = field
        self.value = shorten(value)
        self.text, self.values = text, values
        self.problem = text.format_map(values) if values else text
        super().__init__(f"{field}: {self.problem} (got {self.value!r})")


class InvalidJob(CronmgmtError, ValueError):
    """A job cannot be declared or saved like this; the message says what to change."""


class InvalidWork(CronmgmtError, ValueError):
    """Work cannot be queued like this; the message says what to change."""


class InvalidParameters(CronmgmtError, ValueError):
    """Parameters do not fit the handler; the message names the parameter."""


class InvalidTargets(CronmgmtError, ValueError):
    """A job's targets cannot be found or used; the message says what was wrong."""


class HandlerError(CronmgmtError):
    """Base of what can be wrong with a handler."""


class UnknownHandler(HandlerError, LookupError):
    """No handler is registered under that name."""


class HandlerRefused(HandlerError, TypeError):
    """The callable cannot be a handler; the message says why."""


class UnknownJob(CronmgmtError, LookupError):
    """No job has that name."""


class Refused(CronmgmtError):
    """The message is for the person who asked, and shown in their language."""


class Forbidden(Refused):
    """They may not do that."""


class LoginRefused(CronmgmtError):
    """The login provider knows the person, and they are not let in here."""


class TokenRefused(CronmgmtError):
    """A bearer token is none, has expired or was not made here or for this site."""


class ProviderAway(CronmgmtError):
    """The login provider cannot be asked for the keys that its tokens are signed by."""


class TooManyGuesses(CronmgmtError):
    """An address sent too many wrong keys; ``wait`` seconds until it is heard again."""

    def __init__(self, wait: int) -> None:
        self.wait = wait
        super().__init__(f"Too many wrong keys, tokens or secrets: wait {wait} s.")


class UnknownRun(Refused, LookupError):
    """No run has that execution id, or none that they may know of."""


class Stale(Refused):
    """Somebody else changed it since it was read."""


class Blocked(Refused):
    """An unfinished run of the same job is in the way; ``execution_id`` names it."""

    def __init__(self, message: object, *, execution_id: str = "") -> None:
        self.execution_id = execution_id
        super().__init__(message)


class KeyReused(Refused):
    """The idempotency key was another request's."""


class UnderWay(Refused):
    """The first request under the idempotency key is not answered yet."""


class AppendOnly(CronmgmtError, TypeError):
    """A record of what somebody did was to be changed or deleted."""


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
    text = value if isinstance(value, str) else _described(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _described(value: object) -> str:
    """Return ``repr(value)``, or the type's name where that fails, as deep lists do."""
    try:
        return repr(value)
    except Exception:
        return f"<{type(value).__name__}>"
