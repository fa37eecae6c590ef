"""An ``async def`` handler -> its result, in a loop and a thread of its own.

The loop runs in the worker's main thread, where an interruption reaches it. What the
handler has done by ``sync_to_async``, the ORM too, is done in one thread that lives as
long as the run, and whose connections are closed with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from asgiref.sync import SyncToAsync, ThreadSensitiveContext, sync_to_async
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from cronmgmt.engine.connections import close_all

T = TypeVar("T")
Connections = Sequence[BaseDatabaseWrapper]


def finish(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return what the coroutine returns, or raise what it raises.

    What it sets in context variables ends with it. Inside a transaction of the
    caller's, as in a test, its thread works in that transaction.
    """
    open_here = [each for each in connections.all(True) if each.in_atomic_block]
    return asyncio.run(_finish(coroutine, open_here))


async def _finish(coroutine: Coroutine[Any, Any, T], lent: Connections) -> T:
    async with ThreadSensitiveContext() as context:
        if lent:
            await sync_to_async(_lend)(lent)
        error, returned = None, []
        try:
            returned.append(await coroutine)
        except BaseException as raised:
            error = raised
        # Not while it is handled: asgiref would raise it in the thread once more.
        if context in SyncToAsync.context_to_thread_executor:
            await sync_to_async(_leave)(lent)
        if error is not None:
            raise error
        return returned[0]


def _lend(lent: Connections) -> None:
    for connection in lent:
        connection.inc_thread_sharing()
        connections[connection.alias] = connection


def _leave(lent: Connections) -> None:
    for connection in lent:
        del connections[connection.alias]
        connection.dec_thread_sharing()
    close_all()
