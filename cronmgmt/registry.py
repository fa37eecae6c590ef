"""The handlers that may run, and the jobs that the code declares.

Nothing else can be run: a job's row holds a handler's name, never a path to import.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any, TypeVar

from cronmgmt.errors import InvalidJob, UnknownHandler, shorten
from cronmgmt.functions import adapted, check_function, origin, takes_the_run
from cronmgmt.parameters import describe_parameters, python_arguments, secret_values
from cronmgmt.policies import WORK_POLICIES, known_access, known_policies, work_policies
from cronmgmt.schedules import build_schedule
from cronmgmt.targets import Targets, declared
from cronmgmt.text import NAME_LENGTH, is_name

F = TypeVar("F")
"""A function, or a Task of django.tasks."""


@dataclass(frozen=True, slots=True)
class Handler:
    """A callable that may run, under the name by which rows find it."""

    name: str
    function: Callable[..., Any]
    options: Mapping[str, Any] = field(default_factory=dict)
    """Policies of the work that is queued for it."""
    targets: Targets | None = None
    """What it is called for, one after another; None: once, for nothing in particular."""

    def __call__(self, run: object, params: Mapping[str, Any]) -> Any:
        """Call the function; one without any parameter is called with none."""
        if not takes_the_run(self.function):
            return self.function()
        return self.function(run, **self.arguments(params))

    def arguments(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the function is called with; raises InvalidParameters."""
        return python_arguments(self.function, params, name=self.name)

    def secrets(self, params: Mapping[str, Any]) -> list[str]:
        """Return the values that this worker would hand over for secret parameters."""
        return secret_values(self.function, params)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A job as the code declares it: its name, handler and the fields it sets."""

    name: str
    handler: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    access: Mapping[str, str] | None = None
    """The groups to which it is restricted; None: the code says nothing of that."""


_handlers: dict[str, Handler] = {}
_declarations: dict[str, Declaration] = {}


def job(
    name: str,
    *,
    cron: str | None = None,
    every: str | timedelta | None = None,
    at: str | datetime | None = None,
    timezone: str = "UTC",
    access: Mapping[str, str] | None = None,
    targets: Targets | None = None,
    **policies: Any,
) -> Callable[[F], F]:
    """Declare a job: the decorated function runs on the schedule given.

    At most one of ``cron`` (five fields, or six with seconds first), ``every`` (a
    timedelta or text such as ``"30s"``) and ``at`` (one moment); with none of them the
    job runs only when it is triggered. ``policies`` are the defaults of the job's
    other fields, see :data:`~cronmgmt.policies.POLICIES`; an admin can change each of them.
    ``access`` restricts the job to groups, each with ``"see"`` or ``"act"``: what the
    code says of that, each deploy restores; ``{}`` opens it. With ``targets``, names or
    a function that returns them, a run calls the function for each of them.

    Raises :class:`~cronmgmt.errors.InvalidSchedule`,
    :class:`~cronmgmt.errors.InvalidJob` or
    :class:`~cronmgmt.errors.HandlerRefused` at import, not when the job is due.
    """
    fields = {
        **schedule_fields(name, cron=cron, every=every, at=at, timezone=timezone),
        **known_policies(f"Job {name}", policies),
    }
    groups = None if access is None else known_access(f"Job {name}", access)
    goes_over = declared(f"Job {name}", targets)

    def register(function: F) -> F:
        add_handler(name, function, targets=goes_over)
        _declarations[name] = Declaration(name, name, fields, groups)
        return function

    return register


def handler(
    name: str, *, targets: Targets | None = None, **policies: Any
) -> Callable[[F], F]:
    """Register a function that jobs and queued work may name; it declares no job.

    ``policies`` are those of the work that :func:`cronmgmt.enqueue` queues for it, see
    :data:`~cronmgmt.policies.WORK_POLICIES`. Raises InvalidJob for one that cannot be.
    ``targets`` as for :func:`job`.
    """
    options = work_policies(f"Handler {name}", policies)
    goes_over = declared(f"Handler {name}", targets)

    def register(function: F) -> F:
        add_handler(name, function, options, goes_over)
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


def checked_name(name: object, what: str = "name") -> str:
    """Return ``name`` if jobs, handlers and queues may be called that."""
    if not is_name(name):
        raise InvalidJob(
            f"A {what} is made of a-z 0-9 _ . : - and has at most {NAME_LENGTH} "
            f"characters; got {shorten(name)!r}."
        )
    return str(name)


def add_handler(
    name: str,
    function: Any,
    options: Mapping[str, Any] | None = None,
    targets: Targets | None = None,
) -> Handler:
    """Register ``function`` under ``name``; the same one again is harmless."""
    checked_name(name, "handler's name")
    given, function = function, adapted(function, name)
    check_function(function)
    if targets is not None and not (given is function and takes_the_run(function)):
        raise InvalidJob(
            f"{name} goes over targets, which its function learns from the run: let it "
            "be a function whose first parameter is the run."
        )
    known = _handlers.get(name)
    if known and origin(known.function) != origin(function):
        raise InvalidJob(
            f"Two functions are registered as {name}: {origin(known.function)} and "
            f"{origin(function)}. Give one of them another name."
        )
    _handlers[name] = Handler(name, function, options or {}, targets)
    return _handlers[name]


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


def name_of(function: Callable[..., Any]) -> str:
    """Return the name under which a function is registered, or raise UnknownHandler."""
    for name, known in _handlers.items():
        if known.function is function:
            return name
    raise UnknownHandler(
        f"{shorten(function)} is not registered: decorate it with @handler or @job."
    )


def work_options(name: str) -> Mapping[str, Any]:
    """Return the policies of work queued for a handler, also one of a declared job."""
    if declared := _declarations.get(name):
        fields = declared.fields.items()
        chosen = {policy: value for policy, value in fields if policy in WORK_POLICIES}
        return work_policies(f"Job {name}", chosen)
    return find(name).options


def targets_of(name: str) -> Targets | None:
    """Return what a handler goes over; None also if it is not registered here."""
    known = _handlers.get(name)
    return known.targets if known else None


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
