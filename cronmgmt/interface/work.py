"""Work that application code has to be done: queued in its own transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cronmgmt import registry
from cronmgmt.engine import actions
from cronmgmt.errors import InvalidWork, shorten

Handler = str | Callable[..., Any]
Params = Mapping[str, Any]


def enqueue(
    handler: Handler,
    params: Params | None = None,
    *,
    priority: str | int | None = None,
    queue: str | None = None,
    delay: timedelta | float | None = None,
    at: datetime | None = None,
    unique_key: str | None = None,
    notify: Any = None,
    **policies: Any,
) -> UUID:
    """Queue a run of a registered handler and return its execution id.

    It joins the caller's transaction: rolled back, it was never queued. ``handler`` is
    a name, or the decorated function. ``priority`` is ``"urgent"``, ``"high"``,
    ``"normal"`` or ``"low"``, or a number, lower being sooner; of equals
    the oldest comes first. It starts no earlier than ``at``, an aware datetime, or
    ``delay`` from now, a timedelta or seconds; what has passed already means now. While a run of the same ``unique_key``
    is unfinished no other is made, and its execution id is returned. ``notify`` are
    e-mail addresses, or users, to tell when it has ended. ``policies`` are those of
    ``@handler``, such as ``timeout`` and ``max_attempts``, for this piece of work.

    Raises UnknownHandler, InvalidParameters or InvalidWork, and queues nothing then.
    """
    keys = () if unique_key is None else (unique_key,)
    given = {"priority": priority, "queue": queue, **policies}
    name = _name_of(handler)
    (queued,) = actions.enqueue_many(
        name,
        [{} if params is None else params],
        unique_keys=keys,
        delay=delay,
        at=at,
        notify=notify,
        **given,
    )
    return queued.execution_id


def enqueue_many(
    handler: Handler,
    params: Iterable[Params],
    *,
    unique_keys: Iterable[str] | None = None,
    **options: Any,
) -> list[UUID]:
    """Queue a run of a handler for each of ``params``, in few statements.

    All of them are queued, or none. ``unique_keys`` are as many as ``params``;
    ``options`` are those of :func:`enqueue`, the same for all. Returns the execution
    ids in the order of ``params``. Raises what :func:`enqueue` raises.
    """
    given, keys = _several("params", params), _several("unique_keys", unique_keys or ())
    if unique_keys is not None and len(keys) != len(given):
        raise InvalidWork(
            f"There are {len(given)} pieces of work and {len(keys)} unique keys."
        )
    queued = actions.enqueue_many(_name_of(handler), given, unique_keys=keys, **options)
    return [each.execution_id for each in queued]


def _several(name: str, values: Iterable[Any]) -> list[Any]:
    if isinstance(values, Iterable) and not isinstance(values, str | bytes | Mapping):
        return list(values)
    raise InvalidWork(f"{name} is a list, one for each run; got {shorten(values)}.")


def _name_of(handler: Handler) -> str:
    return handler if isinstance(handler, str) else registry.name_of(handler)
