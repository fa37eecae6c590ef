"""A handler that awaits: a loop and a thread of its own, closed in the end."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.db import connection, connections, transaction

from cronmgmt.models import ProcessedItem, Status

pytestmark = pytest.mark.django_db

User = get_user_model()
colour = contextvars.ContextVar("colour", default="none")


def test_it_reads_and_writes_by_the_orm(perform):
    async def handler(run):
        await User.objects.acreate(username="anna")
        return [user.username async for user in User.objects.all()]

    assert perform(handler).result == ["anna"]


@pytest.mark.django_db(transaction=True)
def test_in_a_worker_its_thread_has_connections_of_its_own_that_are_closed(perform):
    seen = []

    def look():
        User.objects.count()
        seen.append((threading.get_ident(), connections["default"].connection))
        seen.append(connections["default"])

    async def handler(run):
        await sync_to_async(look)()
        await sync_to_async(look)()

    run = perform(handler)

    assert run.status == Status.SUCCEEDED, run.traceback
    (first, driver), wrapper, (second, again), _ = seen
    assert first == second != threading.get_ident()
    assert driver is again is not connection.connection
    assert wrapper.connection is None
    assert not any(t.ident == first for t in threading.enumerate())


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_it_leaves_open_is_rolled_back(perform):
    def begin():
        transaction.set_autocommit(False)
        User.objects.create(username="anna")

    async def handler(run):
        await sync_to_async(begin)()

    perform(handler)

    assert not User.objects.exists()


def test_what_it_sets_in_context_variables_ends_with_it(perform):
    seen = []

    async def handler(run):
        seen.append(colour.get())
        colour.set("red")
        await asyncio.sleep(0)
        seen.append(colour.get())

    perform(handler)
    perform(handler)

    assert seen == ["none", "red", "none", "red"]


def test_tasks_that_it_leaves_behind_are_ended(perform):
    ended = []

    async def linger():
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    async def handler(run):
        run.task = asyncio.create_task(linger())
        await asyncio.sleep(0)

    assert perform(handler).status == Status.SUCCEEDED
    assert ended == [True]


def test_interrupted_it_still_tidies_up(perform):
    async def handler(run):
        try:
            await asyncio.sleep(60)
        finally:
            await User.objects.acreate(username="tidied")

    started = time.monotonic()
    run = perform(handler, timeout=timedelta(seconds=0.2))

    assert run.status == Status.TIMED_OUT
    assert time.monotonic() - started < 10
    assert User.objects.get().username == "tidied"


def test_the_traceback_begins_in_it(perform):
    async def handler(run):
        raise ValueError("no")

    assert "in handler" in perform(handler).traceback.splitlines()[1]


@pytest.mark.part("4.4")
def test_items_are_done_once_and_checkpoints_saved(perform):
    async def handler(run):
        done = [await run.aonce(key) for key in ("a", "b", "a")]
        await run.acheckpoint({"after": "b"})
        return [done, await run.acheckpoint()]

    assert perform(handler).result == [[True, True, False], {"after": "b"}]
    assert ProcessedItem.objects.count() == 2
