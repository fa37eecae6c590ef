"""Updates that are compiled once say the same as those that the ORM compiles."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.clock import now
from cronmgmt.models import JobRun, Status
from cronmgmt.models.updating import NOW, Later, More, _compiled, update
from tests.conftest import MOMENT

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def compiled():
    """What is compiled so far is forgotten before the test and after it."""
    _compiled.cache_clear()
    yield _compiled.cache_info
    _compiled.cache_clear()


def test_only_the_rows_of_those_values_are_changed(make_run, compiled):
    ours, other = make_run(attempt=1), make_run(attempt=2)

    assert update(JobRun, {"attempt": 5, "reason": "x%s"}, pk=ours.pk, attempt=1) == 1
    assert update(JobRun, {"attempt": 6, "reason": ""}, pk=other.pk, attempt=1) == 0

    ours.refresh_from_db()
    assert (ours.attempt, ours.reason) == (5, "x%s")


def test_a_row_that_holds_the_value_already_counts(make_run):
    run = make_run(attempt=1)

    assert update(JobRun, {"attempt": 1}, pk=run.pk) == 1


@pytest.mark.parametrize("result", [None, {"rows": 3}, [1, "%s"], "text", 0])
def test_json_is_written_as_the_orm_writes_it(make_run, result):
    run = make_run()

    update(JobRun, {"result": result, "status": Status.SUCCEEDED}, pk=run.pk)

    assert JobRun.objects.get(status="succeeded").result == result
    missing = JobRun.objects.filter(result__isnull=True).exists()
    assert missing == (result is None)


def test_a_column_is_counted_on(make_run, compiled):
    run = make_run(attempt=3)

    update(JobRun, {"attempt": More(), "losses": More(2)}, pk=run.pk)
    update(JobRun, {"attempt": More(-1)}, pk=run.pk)

    run.refresh_from_db()
    assert (run.attempt, run.losses) == (3, 2)


def test_the_present_is_that_of_the_runs_clock(make_run, clock, compiled):
    run = make_run()
    for _ in range(2):
        moment = clock.move(MINUTE)
        update(JobRun, {"started_at": NOW, "finished_at": Later(MINUTE)}, pk=run.pk)

        run.refresh_from_db()
        assert (run.started_at, run.finished_at) == (moment, moment + MINUTE)


@pytest.fixture
def run(db):
    """A run on a site whose clock is the database's."""
    return JobRun.objects.create(
        job_name="job",
        handler="t:nothing",
        origin="manual",
        status=Status.QUEUED,
        available_at=MOMENT,
        created_at=MOMENT,
    )


def test_the_databases_clock_is_read_anew_each_time(run, compiled):
    seen = []
    for _ in range(3):
        update(JobRun, {"started_at": NOW, "finished_at": Later(MINUTE)}, pk=run.pk)
        run.refresh_from_db()
        seen.append(run.started_at)
        assert run.finished_at - run.started_at == MINUTE

    assert seen == sorted(seen)
    assert abs(seen[0] - now("default")) < MINUTE
    assert compiled().misses == 1


def test_a_statement_is_compiled_once_for_each_shape(run, compiled):
    for number in range(4):
        update(JobRun, {"attempt": number, "started_at": NOW}, pk=run.pk)
        update(JobRun, {"attempt": More(), "started_at": NOW}, pk=run.pk)

    assert compiled().misses == 2
    run.refresh_from_db()
    assert run.attempt == 4


def test_a_list_stands_for_any_of_its_values(make_run, compiled):
    runs = [make_run(attempt=number) for number in range(4)]

    chosen = [run.pk for run in runs[:3]]
    assert update(JobRun, {"reason": "chosen"}, pk=chosen, status="queued") == 3
    assert update(JobRun, {"reason": "again"}, pk=chosen[:1], status="queued") == 1

    reasons = JobRun.objects.order_by("pk").values_list("reason", flat=True)
    assert list(reasons) == ["again", "chosen", "chosen", ""]
