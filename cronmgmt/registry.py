"""The handlers that may run, and the jobs that the code declares.

Nothing else can be run: a job's row holds a handler's name, never a path to import.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from types import FunctionType
from typing import Any, TypeVar

from cronmgmt.errors import HandlerRefused, InvalidJob, UnknownHandler, shorten
from cronmgmt.parameters import describe_parameters, python_arguments, secret_values
from cronmgmt.schedules import build_schedule
from cronmgmt.text import NAME_LENGTH, full_name, is_name

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Handler:
    """A callable that may run, under the name by which rows find it."""

    name: str
    function: Callable[..., Any]

    def __call__(self, run: object, params: Mapping[str, Any]) -> Any:
        """Call the function; one without any parameter is called with none."""
        if not takes_the_run(self.function):
            return self.function()
        arguments = python_arguments(self.function, params, name=self.name)
        return self.function(run, **arguments)

    def secrets(self, params: Mapping[str, Any]) -> list[str]:
        """Return the values that this worker would hand over for secret parameters."""
        return secret_values(self.function, params)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A job as the code declares it: its name, handler and the fields it sets."""

    name: str
    handler: str
    fields: Mapping[str, Any] = field(default_factory=dict)


POLICIES = frozenset(
    ["title", "description", "purpose", "dependencies", "owner", "tags"]
    + ["params", "queue", "priority", "timeout", "expected_duration", "memory_limit"]
    + ["max_attempts", "backoff", "backoff_ceiling", "retry_on", "on_lost"]
    + ["overlap", "lock_key", "concurrency"]
    + ["misfire", "grace", "start_deadline", "jitter", "starts_at", "ends_at"]
    + ["calendar", "on_holiday", "retention"]
)
"""What ``@job`` and ``register_job`` take besides the schedule."""

_handlers: dict[str, Handler] = {}
_declarations: dict[str, Declaration] = {}


@lru_cache(maxsize=1024)
def takes_the_run(function: Callable[..., Any]) -> bool:
    """Return whether ``function`` has a first parameter at all."""
    return bool(inspect.signature(function).parameters)


def job(
    name: str,
    *,
    cron: str | None = None,
    every: str | timedelta | None = None,
    at: str | datetime | None = None,
    timezone: str = "UTC",
    **policies: Any,
) -> Callable[[F], F]:
    """Declare a job: the decorated function runs on the schedule given.

    At most one of ``cron`` (five fields, or six with seconds first), ``every`` (a
    timedelta or text such as ``"30s"``) and ``at`` (one moment); with none of them the
    job runs only when it is triggered. ``policies`` are the defaults of the job's
    other fields, see :data:`POLICIES`; an admin can change each of them.

    Raises :class:`~cronmgmt.errors.InvalidSchedule`,
    :class:`~cronmgmt.errors.InvalidJob` or
    :class:`~cronmgmt.errors.HandlerRefused` at import, not when the job is due.
    """
    fields = {
        **schedule_fields(name, cron=cron, every=every, at=at, timezone=timezone),
        **known_policies(name, policies),
    }

    def register(function: F) -> F:
        add_handler(name, function)
        _declarations[name] = Declaration(name, name, fields)
        return function

    return register


def handler(name: str) -> Callable[[F], F]:
    """Register a function that jobs and queued work may name; it declares no job."""

    def register(function: F) -> F:
        add_handler(name, function)
        return function

    return register


def schedule_fields(
    name: str,
    *,
    cron: str | None = None,
    every: str | timedelta | None = None,
    at: str | datetime | None = None,
    timezone: str = "UTC",
) -> dict[str, str]:
    """Return the schedule's columns of a job's row; the schedule is checked."""
    checked_name(name)
    given = {"cron": cron, "interval": every, "once": at}
    chosen = {kind: value for kind, value in given.items() if value is not None}
    if len(chosen) > 1:
        raise InvalidJob(f"Job {name}: give only one of cron, every and at.")
    kind, value = next(iter(chosen.items()), ("manual", ""))
    if isinstance(value, timedelta):
        value = f"{value.total_seconds():.15g}s"
    elif isinstance(value, datetime):
        value = value.isoformat()
    build_schedule(kind, value, timezone, key=name)
    return {
        "schedule_kind": kind,
        "schedule_expression": value,
        "timezone": timezone,
    }


def known_policies(name: str, policies: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``policies``, or raise InvalidJob for one that does not exist."""
    for policy in policies:
        if policy not in POLICIES:
            near = get_close_matches(policy, POLICIES, 1)
            hint = f"did you mean {near[0]}?" if near else f"known: {sorted(POLICIES)}"
            raise InvalidJob(f"Job {name}: there is no policy {policy!r}; {hint}")
    known = dict(policies)
    if isinstance(errors := known.get("retry_on"), list | tuple):
        known["retry_on"] = [full_name(e) if isinstance(e, type) else e for e in errors]
    return known


def checked_name(name: object, what: str = "name") -> str:
    """Return ``name`` if jobs, handlers and queues may be called that."""
    if not is_name(name):
        raise InvalidJob(
            f"A {what} is made of a-z 0-9 _ . : - and has at most {NAME_LENGTH} "
            f"characters; got {shorten(name)!r}."
        )
    return str(name)


def add_handler(name: str, function: Callable[..., Any]) -> Handler:
    """Register ``function`` under ``name``; the same one again is harmless."""
    checked_name(name, "handler's name")
    check_function(function)
    known = _handlers.get(name)
    if known and _origin(known.function) != _origin(function):
        raise InvalidJob(
            f"Two functions are registered as {name}: {_origin(known.function)} and "
            f"{_origin(function)}. Give one of them another name."
        )
    _handlers[name] = Handler(name, function)
    return _handlers[name]


def check_function(function: object) -> None:
    """Raise HandlerRefused unless ``function`` can be called by a worker."""
    if not isinstance(function, FunctionType):
        kind = "bound method" if inspect.ismethod(function) else type(function).__name__
        raise HandlerRefused(f"A handler is a function, not a {kind}.")
    if function.__name__ == "<lambda>":
        raise HandlerRefused("A lambda has no name by which a worker could find it.")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise HandlerRefused(f"{_origin(function)} is a generator: nothing would run.")
    _check_signature(function)
    describe_parameters(function)


def _check_signature(function: Callable[..., Any]) -> None:
    parameters = list(inspect.signature(function).parameters.values())
    for run in parameters[:1]:
        if run.kind in (run.KEYWORD_ONLY, run.VAR_KEYWORD):
            raise HandlerRefused(f"{_origin(function)} has no place for the run.")
    for each in parameters[1:]:
        if each.kind is each.POSITIONAL_ONLY and each.default is each.empty:
            raise HandlerRefused(
                f"{_origin(function)} needs {each.name!r}, which cannot be handed over "
                "by its name: take the / out."
            )


def importable_path(function: Callable[..., Any]) -> str:
    """Return ``module:name`` of a function that every process can import.

    Raises HandlerRefused for lambdas, closures, methods and what lives in
    ``__main__``.
    """
    check_function(function)
    assert isinstance(function, FunctionType)
    if "<locals>" in function.__qualname__:
        raise HandlerRefused(
            f"{_origin(function)} is defined inside another function: a worker "
            "cannot import it. Move it to the top of its module."
        )
    if "." in function.__qualname__:
        raise HandlerRefused(f"{_origin(function)} belongs to a class.")
    if function.__module__ == "__main__":
        raise HandlerRefused(f"{function.__name__} lives in __main__, not in a module.")
    module = sys.modules.get(function.__module__)
    if getattr(module, function.__name__, None) is not function:
        raise HandlerRefused(
            f"{_origin(function)} is another object by now: a worker would import that."
        )
    return f"{function.__module__}:{function.__name__}"


def find(name: str) -> Handler:
    """Return the handler of that name, or raise UnknownHandler with the nearest."""
    try:
        return _handlers[name]
    except KeyError:
        near = get_close_matches(str(name), _handlers, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UnknownHandler(
            f"No handler is registered as {shorten(name)!r} in this version of the "
            f"code.{hint}"
        ) from None


def is_registered(name: str) -> bool:
    """Return whether a handler of that name is registered in this process."""
    return name in _handlers


def handler_names() -> list[str]:
    """Return the names of all registered handlers, sorted."""
    return sorted(_handlers)


def declarations() -> list[Declaration]:
    """Return the jobs declared in code, by name."""
    return [_declarations[name] for name in sorted(_declarations)]


def forget(name: str) -> None:
    """Take a handler and its declaration out again; for tests."""
    _handlers.pop(name, None)
    _declarations.pop(name, None)


def typed(name: str) -> Callable[..., Any] | None:
    """Return a handler's function if its parameters are known, to be fields of a form."""
    known = _handlers.get(name)
    if known is None or describe_parameters(known.function).takes_any:
        return None
    return known.function


def _origin(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"
