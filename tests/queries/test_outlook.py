"""What will run in the coming hours, and when much comes together."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt import queries
from cronmgmt.actors import Actor
from cronmgmt.engine.making import make_occurrence
from cronmgmt.models import JobAccess, Pause, ScheduledJob, Status

pytestmark = pytest.mark.django_db

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def look(now):
    def look(actor=None):
        pauses = Pause.not_over(now)
        return queries.outlook(now, now, now + 25 * HOUR, pauses, actor)

    return look


def test_each_job_has_its_starts_the_next_one_on_top(look, make_job, now):
    make_job("late", schedule_expression="0 */12 * * *")
    make_job("soon", schedule_expression="30 12 * * *", timezone="UTC")
    make_job("manual", schedule_kind="manual", schedule_expression="")

    soon, late = look().lanes

    assert (soon.job.name, soon.starts) == (
        "soon",
        (now + 30 * MINUTE, now + 24.5 * HOUR),
    )
    assert late.starts == (now + 12 * HOUR, now + 24 * HOUR)
    assert not late.goes_on


def test_a_job_with_many_starts_goes_on(look, make_job):
    make_job(schedule_expression="* * * * *")

    (lane,) = look().lanes

    assert lane.goes_on
    assert len(lane.starts) == 100


def test_what_is_off_or_paused_is_not_expected(look, make_job, now):
    make_job("off", enabled=False)
    make_job("nightly", tags=["nightly"])
    Pause.objects.create(
        scope="tag", tag="nightly", since=now + HOUR, until=now + 20 * HOUR
    )

    (lane,) = look().lanes

    # The hour at which the pause begins is in it, the one at which it ends is not.
    assert lane.starts[0] == now + 20 * HOUR


def test_a_broken_row_hides_no_other(look, make_job, now):
    make_job("broken", next_run_at=now + HOUR)
    make_job("fine")
    ScheduledJob.objects.filter(name="broken").update(schedule_expression="61 * * * *")

    assert [lane.job.name for lane in look().lanes] == ["fine"]


def test_jobs_pile_up_where_they_run_at_once(look, make_job, now):
    two_minutes = 2 * MINUTE
    for name in ("a", "b"):
        make_job(name, schedule_expression="0 3 * * *", expected_duration=two_minutes)
    make_job("c", schedule_expression="1 3 * * *", expected_duration=two_minutes)
    make_job("d", schedule_expression="4 3 * * *", expected_duration=two_minutes)

    found = look()

    (peak,) = found.pile_ups
    assert peak.at == now + 15 * HOUR + MINUTE
    assert [job.name for job in peak.jobs] == ["a", "b", "c"]
    assert max(found.load) == 3


def test_what_ends_as_another_begins_does_not_meet_it(look, make_job):
    make_job("a", schedule_expression="0 3 * * *", expected_duration=MINUTE)
    make_job("b", schedule_expression="1 3 * * *", expected_duration=MINUTE)

    assert max(look().load) == 1


def test_a_long_run_counts_in_all_the_time_that_it_takes(look, make_job, now):
    make_job(schedule_expression="0 3 * * *", expected_duration=2 * HOUR)

    load = look().load

    first = 15 * 12
    assert load[first : first + 24] == (1,) * 24
    assert sum(load) == 24


def test_a_job_that_outlasts_its_interval_is_marked(look, make_job):
    make_job("slow", expected_duration=61 * MINUTE)
    make_job("quick", expected_duration=59 * MINUTE)

    marked = {lane.job.name: lane.outlasts_its_interval for lane in look().lanes}

    assert marked == {"slow": True, "quick": False}


def test_the_last_success_tells_how_long_it_takes(look, make_job):
    job = make_job()
    ScheduledJob.objects.filter(pk=job.pk).update(last_success_duration=12.5)

    assert look().lanes[0].seconds == 12.5


def test_each_start_has_its_share_of_the_jitter(look, make_job, now):
    job = make_job(schedule_expression="*/10 * * * *", jitter=9 * MINUTE)

    (lane,) = look().lanes

    assert lane.occurrences[0] == now + 10 * MINUTE
    assert (
        lane.starts[0]
        == make_occurrence(job, "schedule", now, lane.occurrences[0]).available_at
    )
    pairs = zip(lane.starts, lane.occurrences, strict=True)
    shares = {start - due for start, due in pairs}
    assert min(shares) >= timedelta() and max(shares) < 9 * MINUTE
    assert len(shares) > 9


def test_what_is_queued_for_its_share_of_the_jitter_is_still_to_come(
    look, make_job, make_run, now
):
    daily = make_job("daily", schedule_expression="0 3 * * *", jitter=HOUR)
    weekly = make_job("weekly", schedule_expression="0 3 * * 0", jitter=HOUR)
    for job in (daily, weekly):
        make_run(job, scheduled_for=now, available_at=now + 20 * MINUTE)

    found = {lane.job.name: lane.starts for lane in look().lanes}

    assert found["weekly"] == (now + 20 * MINUTE,)
    assert found["daily"][0] == now + 20 * MINUTE
    assert len(found["daily"]) == 2


def test_a_spread_job_is_not_taken_for_one_that_outlasts_its_interval(look, make_job):
    make_job(
        schedule_expression="*/10 * * * *",
        jitter=9 * MINUTE,
        expected_duration=9 * MINUTE,
    )

    (lane,) = look().lanes

    assert not lane.outlasts_its_interval


def test_what_is_under_way_has_an_expected_end_and_counts(
    look, make_job, make_run, now
):
    long, short = 2 * HOUR, MINUTE
    jobs = [make_job(name, expected_duration=long) for name in ("a", "b")]
    jobs += [make_job("late", expected_duration=short), make_job("unknown")]
    for job in jobs:
        make_run(job, Status.RUNNING, started_at=now - HOUR)
    make_run(status=Status.RUNNING, started_at=now - 2 * HOUR)

    found = look()

    ends = {each.run.job_name: (each.until, each.is_over) for each in found.going}
    assert ends == {
        "job": (None, False),
        "a": (now + HOUR, False),
        "b": (now + HOUR, False),
        "late": (now - HOUR + MINUTE, True),
        "unknown": (None, False),
    }
    assert found.going[0].since == now - 2 * HOUR
    assert found.load[0] == 4
    assert set(found.load[1:12]) == {2}


def test_a_job_that_runs_and_is_due_again_counts_once(look, make_job, make_run, now):
    job = make_job(schedule_expression="30 12 * * *", expected_duration=HOUR)
    make_run(job, Status.RUNNING, started_at=now)

    assert max(look().load) == 1


def test_what_somebody_may_not_see_is_neither_under_way_nor_to_come(
    look, make_job, make_run, make_user, now
):
    hidden = make_job("hidden", jitter=HOUR)
    JobAccess.objects.create(job=hidden, group="others", may=1)
    make_run(hidden, Status.RUNNING, started_at=now)
    make_run(hidden, scheduled_for=now, available_at=now + MINUTE)
    bob = Actor("bob", "dashboard", make_user("bob", "view_scheduledjob"))

    found = look(bob)

    assert (found.going, found.lanes, set(found.load)) == ((), (), {0})


def test_however_many_jobs_it_is_a_handful_of_statements(
    look, make_job, now, django_assert_num_queries
):
    for number in range(30):
        make_job(f"job-{number}", tags=["nightly"])

    with django_assert_num_queries(4):  # One of them reads the pauses.
        assert len(look().lanes) == 30
