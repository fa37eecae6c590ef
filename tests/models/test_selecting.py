"""Selects that are compiled once give what the ORM gives."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from cronmgmt import clock as clocks
from cronmgmt.clock import DatabaseClock, sql_now
from cronmgmt.models import JobRun, Status
from cronmgmt.models.compiled import Slot
from cronmgmt.models.selecting import _compiled, select

pytestmark = pytest.mark.django_db


@pytest.fixture
def compiled():
    """What is compiled so far is forgotten before the test and after it."""
    _compiled.cache_clear()
    yield _compiled.cache_info
    _compiled.cache_clear()


def of_queue(limit):
    runs = JobRun.objects.filter(queue=Slot(JobRun, "queue"), status=Status.QUEUED)
    return runs.annotate(half=F("priority") / 2).order_by("-pk")[:limit]


def by_time(limit):
    return JobRun.objects.filter(available_at__lte=sql_now())[:limit]


def columns(run):
    return {field.name: getattr(run, field.attname) for field in run._meta.fields}


def test_the_instances_are_those_of_the_orm(make_job, make_run, now):
    run = make_run(
        make_job(),
        params={"since": "2026-01-01", "list": [1, None]},
        queue="fast",
        retry_on=["OSError"],
        scheduled_for=now,
        cpu_seconds=0.5,
        result=None,
    )

    (found,) = select(of_queue, 5, queue="fast")

    stored = JobRun.objects.get(pk=run.pk)
    assert columns(found) == columns(stored)
    assert found.half == stored.priority / 2
    assert found.job == stored.job
    found.reason = "It can be saved."
    found.save()
    assert JobRun.objects.get().reason == "It can be saved."


def test_only_as_many_as_the_shape_says_and_only_of_these_values(make_run):
    first, second, third = (make_run(queue="fast") for _ in range(3))
    make_run(queue="it's %s")

    assert select(of_queue, 2, queue="fast") == [third, second]
    assert select(of_queue, 9, queue="fast") == [third, second, first]
    assert [run.queue for run in select(of_queue, 9, queue="it's %s")] == ["it's %s"]
    assert select(of_queue, 9, queue="none") == []


def test_a_shape_is_compiled_once(make_run, compiled):
    with clocks.use(DatabaseClock()):
        for queue in ("one", "two"):
            select(of_queue, 2, queue=queue)
        select(of_queue, 3, queue="one")

    assert (compiled().misses, compiled().hits) == (2, 1)


def test_a_time_that_a_test_sets_is_not_kept(make_run, clock, compiled):
    run = make_run()
    clock.move(-2 * timedelta(hours=1))

    assert select(by_time, 5) == []
    clock.move(2 * timedelta(hours=1))
    assert select(by_time, 5) == [run]
