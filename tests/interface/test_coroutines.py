"""Every call has a form for code that awaits."""

from __future__ import annotations

import inspect

import pytest
from asgiref.sync import async_to_sync

import cronmgmt
from cronmgmt import (
    acancel_job,
    acancel_run,
    aenqueue,
    aenqueue_many,
    aget_job_status,
    aget_last_execution_result,
    alist_scheduled_jobs,
    aregister_job,
    atrigger_job,
)
from cronmgmt.errors import Blocked
from cronmgmt.models import JobRun, Status

pytestmark = pytest.mark.django_db(transaction=True)

CALLS = [
    name
    for name in cronmgmt.__all__
    if name in dir(cronmgmt.interface) and not name.startswith("a")
]


@pytest.mark.parametrize("name", CALLS)
def test_it_is_awaited_and_takes_what_the_other_takes(name):
    plain, awaited = getattr(cronmgmt, name), getattr(cronmgmt, f"a{name}")

    assert inspect.iscoroutinefunction(awaited)
    assert inspect.signature(awaited) == inspect.signature(plain)


@pytest.mark.part("1.3")
def test_work_is_queued_from_code_that_awaits():
    async def view():
        one = await aenqueue("t:limited", {"limit": 1}, priority="high")
        return [one, *await aenqueue_many("t:limited", [{"limit": 2}, {"limit": 3}])]

    ids = async_to_sync(view)()

    runs = JobRun.objects.order_by("id")
    assert [run.execution_id for run in runs] == ids
    assert [run.priority for run in runs] == [10, 20, 20]


def test_a_job_is_kept_from_code_that_awaits():
    async def view():
        await aregister_job("report", None, "t:limited")
        execution_id = await atrigger_job("report", {"limit": 2})
        with pytest.raises(Blocked):
            await atrigger_job("report")
        await acancel_run(execution_id, "too early")
        status = await aget_job_status("report")
        names = [job["name"] for job in await alist_scheduled_jobs()]
        result = await aget_last_execution_result("report")
        await acancel_job("report")
        return status["name"], names, result, await alist_scheduled_jobs()

    assert async_to_sync(view)() == ("report", ["report"], None, [])
    assert JobRun.objects.get().status == Status.CANCELLED
