"""Skipped occurrences in a row are one gap; one alone, or another reason, is not."""

from __future__ import annotations

from collections import deque
from datetime import timedelta

import pytest
from django.db import transaction

from cronmgmt import ledger
from cronmgmt.engine import actions, unstarted
from cronmgmt.engine.claiming import claim, give_back
from cronmgmt.engine.looking import look
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import Gap, JobRun, ScheduledJob, Status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bell")]

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def make_ticking(make_job):
    """Save a job that is due every second."""

    def make(name="job", **policies):
        return make_job(
            name,
            schedule_kind="interval",
            schedule_expression="1s",
            **policies,
        )

    return make


@pytest.fixture
def tick(clock):
    """Let so many seconds pass, with a look at each."""

    def tick(seconds=1):
        for _ in range(seconds):
            clock.move(SECOND)
            while look().due() and queue_due(clock.time, clock.time - HOUR):
                pass

    return tick


def skipped():
    """Return what is on record as skipped: rows, and what gaps stand for."""
    rows = JobRun.objects.filter(status=Status.SKIPPED).count()
    return rows, [gap.count for gap in Gap.objects.order_by("first")]


@pytest.mark.part("4.1")
def test_a_run_that_lasts_long_leaves_one_gap_behind(make_ticking, tick, now):
    job = make_ticking()
    tick(2)
    blocking = job.runs.get(status=Status.QUEUED)

    tick(15)

    assert skipped() == (0, [16])
    gap = Gap.objects.get()
    assert (gap.kind, gap.first) == ("skipped", blocking.scheduled_for + SECOND)
    assert gap.last == gap.first + 15 * SECOND
    assert gap.reason == f"Skipped: run {blocking.pk} was still queued."
    assert job.runs.get() == blocking


def test_one_alone_is_a_row(make_ticking, tick):
    make_ticking()

    tick(2)

    assert skipped() == (1, [])


def test_many_at_once_are_one_gap_too(make_ticking, tick, clock):
    job = make_ticking()
    tick(2)
    clock.move(30 * SECOND)

    tick()

    assert skipped() == (0, [32])
    assert job.runs.count() == 1


def test_another_reason_is_another_gap(make_ticking, tick):
    job = make_ticking()
    tick(10)

    job.runs.update(status=Status.RUNNING)
    tick(10)

    assert skipped() == (0, [9, 10])
    assert len(set(Gap.objects.values_list("reason", flat=True))) == 2


def test_a_run_in_between_ends_it(make_ticking, tick, clock):
    job = make_ticking()
    tick(10)
    finished = {"status": Status.SUCCEEDED, "active_key": None}

    job.runs.update(**finished, finished_at=clock.time)
    tick(10)

    assert skipped() == (0, [9, 9])


def test_a_time_off_in_between_ends_it(make_ticking, tick):
    make_ticking()
    tick(10)
    actions.switch_off("job", reason="because")
    tick(10)
    actions.switch_on("job")

    tick(10)

    kinds = list(Gap.objects.order_by("first").values_list("kind", flat=True))
    assert kinds == ["skipped", "off", "skipped"]


def test_each_job_has_its_own_and_all_cost_as_much_as_one(
    make_ticking, tick, django_assert_max_num_queries
):
    for number in range(20):
        make_ticking(f"job-{number}")
    tick(4)

    with django_assert_max_num_queries(22):
        tick()

    assert skipped() == (0, [4] * 20)
    assert len(set(Gap.objects.values_list("job", flat=True))) == 20


@pytest.mark.part("4.1")
def test_what_a_gap_stands_for_is_never_made_again(make_ticking, tick, clock):
    job = make_ticking(misfire="latest")
    tick(10)
    job.runs.update(status=Status.SUCCEEDED, active_key=None, finished_at=clock.time)
    before = skipped()

    # An old backup of the jobs alone is restored.
    ScheduledJob.objects.update(next_run_at=clock.time - 5 * SECOND)
    queue_due(clock.time, alive_since=clock.time)

    job.refresh_from_db()
    assert job.next_run_at > clock.time
    assert skipped() == before
    assert job.runs.count() == 1


def test_the_ledger_answers_from_it(make_ticking, tick, clock, now):
    job = make_ticking()
    tick(15)

    answer = ledger.why(job, now + 10 * SECOND)

    assert answer.occurrence == now + 10 * SECOND
    assert answer.outcome == "skipped"
    assert answer.sentence.startswith("Skipped: run ")


def test_what_a_person_triggered_is_not_in_it(make_ticking, tick, make_run, clock):
    job = make_ticking()
    tick(3)
    make_run(job, Status.SKIPPED, reason="Skipped: x.")

    tick(3)

    assert JobRun.objects.filter(reason="Skipped: x.").exists()
    assert skipped() == (1, [5])


# Those that nobody started in time.

MINUTE = timedelta(minutes=1)
WHY = "Missed: no worker was free to start it by its start deadline."


@pytest.fixture
def make_punctual(make_job):
    """Save a job each of whose runs must start within five minutes."""

    def make(name="job", **policies):
        fields = {"overlap": "allow", "start_deadline": 5 * MINUTE, **policies}
        return make_job(name, schedule_expression="* * * * *", **fields)

    return make


@pytest.fixture
def without_workers(clock):
    """Let a scheduler look each minute, while nobody takes the runs."""

    def wait(minutes):
        for _ in range(minutes):
            clock.move(MINUTE)
            while look().due() and queue_due(clock.time, clock.time - HOUR):
                pass

    return wait


@pytest.fixture
def end_late(clock):
    """Let a worker come, who ends what is late; it gives back what is not."""

    def end(after=10 * MINUTE):
        clock.move(after)
        give_back(deque(claim("default", 50).runs))

    return end


def gaps():
    return list(Gap.objects.order_by("first").values_list("reason", "count"))


@pytest.mark.part("4.1")
def test_a_time_without_workers_is_one_gap(
    make_punctual, without_workers, end_late, now
):
    job = make_punctual()
    without_workers(60)

    end_late()

    gap = Gap.objects.get()
    assert (gap.kind, gap.reason, gap.count) == ("missed", WHY, 60)
    assert (gap.first, gap.last) == (now + MINUTE, now + 60 * MINUTE)
    assert not job.runs.exists()
    assert ledger.why(job, now + 30 * MINUTE).sentence == WHY
    job.refresh_from_db()
    assert job.last_missed_at


@pytest.mark.parametrize("batch", [1, 7])
def test_it_is_one_gap_in_however_many_steps(
    make_punctual, without_workers, end_late, monkeypatch, batch
):
    monkeypatch.setattr(unstarted, "BATCH", batch)
    make_punctual()
    for _ in range(3):
        without_workers(10)
        end_late(timedelta())

    end_late()

    assert gaps() == [(WHY, 30)]


def test_it_is_one_gap_in_whatever_order_workers_come_to_them(
    make_punctual, without_workers, clock
):
    job = make_punctual()
    without_workers(9)
    clock.move(HOUR)
    first = job.runs.order_by("pk").values_list("scheduled_for", flat=True)

    for place in (6, 3, 0):
        with transaction.atomic():
            unstarted.end_late_of_job(job.pk, first[place])

    assert gaps() == [(WHY, 9)]


def test_one_that_was_not_started_in_time_is_a_row(
    make_punctual, without_workers, end_late
):
    job = make_punctual()
    without_workers(1)

    end_late()

    assert gaps() == []
    assert job.runs.get().status == Status.MISSED


def test_a_run_between_them_parts_them(make_punctual, without_workers, end_late, now):
    job = make_punctual()
    without_workers(9)
    ran = job.runs.filter(scheduled_for=now + 5 * MINUTE)
    ran.update(status=Status.SUCCEEDED, finished_at=now)

    end_late()

    assert gaps() == [(WHY, 4), (WHY, 4)]
    assert job.runs.get() == ran.get()


def test_a_time_off_between_them_parts_them(make_punctual, without_workers, end_late):
    make_punctual()
    without_workers(5)
    actions.switch_off("job", reason="because")
    without_workers(5)
    actions.switch_on("job")
    without_workers(5)

    end_late()

    assert [count for _, count in gaps()] == [5, 5, 5]
    assert len(set(gaps())) == 2


def test_of_each_job_they_are_one_gap(make_punctual, without_workers, end_late):
    for number in range(5):
        make_punctual(f"job-{number}", jitter=MINUTE)
    without_workers(20)

    end_late()

    assert gaps() == [(WHY, 20)] * 5


def test_what_a_person_asked_for_is_not_in_it(make_punctual, without_workers, end_late):
    job = make_punctual()
    without_workers(3)
    run = actions.trigger("job")

    end_late(HOUR)

    assert gaps() == [(WHY, 3)]
    assert job.runs.get() == run


def test_who_is_told_by_mail_is_told_once(make_punctual, without_workers, end_late):
    job = make_punctual(mail_to=["alice@example.org"])
    for _ in range(2):
        without_workers(20)
        end_late()

    assert gaps() == [(WHY, 49)]
    assert job.runs.filter(status=Status.MISSED).count() == 1
    assert JobRun.objects.filter(handler="cronmgmt:mail").count() == 1


def test_what_was_missed_so_is_never_made_again(
    make_punctual, without_workers, end_late, clock, now
):
    job = make_punctual(misfire="all", grace=2 * HOUR, start_deadline=MINUTE)
    without_workers(30)
    end_late()

    # An old backup of the jobs alone is restored.
    ScheduledJob.objects.update(next_run_at=now + 10 * MINUTE)
    queue_due(clock.time, alive_since=clock.time)

    assert not job.runs.filter(scheduled_for__lte=now + 30 * MINUTE).exists()
