"""What became of an occurrence: a sentence for each way not to run, and for running."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cronmgmt import ledger
from cronmgmt.engine import actions
from cronmgmt.engine.actions import Actor
from cronmgmt.engine.claiming import claim
from cronmgmt.engine.looking import look
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.models import Gap, JobRun, Node, ScheduledJob, Status

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("bell"),
    pytest.mark.part("4.3"),
]

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

ALICE = Actor("alice", "dashboard")


def settle(clock, alive_since=None):
    """Look as often as a scheduler would before it sleeps."""
    while look().due() and queue_due(clock.time, alive_since or clock.time):
        pass


def why(at, name="job"):
    return ledger.why(ScheduledJob.objects.get(name=name), at)


def told(at, name="job"):
    answer = why(at, name)
    return answer.outcome, answer.sentence


# It ran, or is about to.


def test_one_that_ran(make_job, clock, now):
    job = make_job(handler="t:nothing")
    clock.move(HOUR)
    settle(clock)
    work_a_slice("default")

    answer = why(now + HOUR)

    assert (answer.occurrence, answer.run) == (now + HOUR, job.runs.get())
    assert answer.outcome == Status.SUCCEEDED
    assert answer.sentence.startswith("It ran at 2026-06-01 13:00:00 UTC and succeeded")


def test_one_that_waits_then_is_held_then_runs(make_job, clock, now):
    make_job()
    clock.move(HOUR)
    settle(clock)
    assert told(now + HOUR) == (
        Status.QUEUED,
        "It waits for a worker since 2026-06-01 13:00:00 UTC.",
    )

    claim("default")
    assert "is about to start it" in told(now + HOUR)[1]

    JobRun.objects.update(status=Status.RUNNING, started_at=clock.time, attempt=2)
    assert told(now + HOUR)[1] == (
        "It is running since 2026-06-01 13:00:00 UTC, attempt 2."
    )


def test_one_that_is_to_be_tried_again(make_job, make_run, now):
    job = make_job()
    make_run(job, scheduled_for=now, reason="OSError: no", available_at=now + MINUTE)

    assert told(now)[1] == (
        "It is to be tried again at 2026-06-01 12:01:00 UTC: OSError: no"
    )


@pytest.mark.parametrize(
    ("status", "reason", "sentence"),
    [
        (Status.FAILED, "ValueError: no rows", "ValueError: no rows"),
        (Status.CANCELLED, "Cancelled by alice.", "Cancelled by alice."),
        (Status.LOST, "", "It ended as lost."),
    ],
)
def test_one_that_ended_otherwise(make_job, make_run, now, status, reason, sentence):
    make_run(make_job(), status, scheduled_for=now, reason=reason)

    assert told(now) == (status, sentence)


def test_a_handler_that_this_version_of_the_code_does_not_have(make_job, clock, now):
    make_job(handler="t:gone")
    clock.move(HOUR)
    settle(clock)
    work_a_slice("default")

    assert "in this version of the code" in told(now + HOUR)[1]


def test_one_to_come(make_job, now):
    make_job()

    assert told(now + 5 * HOUR) == (
        "expected",
        "It is not due yet: it will run at 2026-06-01 17:00:00 UTC.",
    )


# It did not run.


def test_one_that_met_an_unfinished_run(make_job, clock, now):
    job = make_job()
    clock.move(HOUR)
    settle(clock)
    run = job.runs.get()
    clock.move(HOUR)
    settle(clock)

    outcome, sentence = told(now + 2 * HOUR)

    assert outcome == Status.SKIPPED
    assert sentence == f"Skipped: run {run.pk} was still queued."


def test_nobody_was_there(make_job, clock, now):
    make_job()
    Node.objects.create(
        name="a",
        instance="a",
        pid=1,
        version="1",
        workers=1,
        started_at=now,
        seen_at=now + 12 * MINUTE,
        scheduling_since=now,
    )
    clock.move(4 * HOUR + 30 * MINUTE)
    settle(clock)

    outcome, sentence = told(now + 2 * HOUR)

    assert outcome == Gap.Kind.MISSED
    assert sentence == (
        "Missed: no scheduler was running from 2026-06-01 12:12 to 16:30 UTC, and it "
        "is too late now."
    )


def test_nobody_is_there_yet(make_job, clock, now):
    make_job()
    clock.move(3 * HOUR)

    assert told(now + 2 * HOUR)[0] == "undecided"
    assert "none was ever seen" in told(now + 2 * HOUR)[1]


def test_more_was_missed_than_is_caught_up(make_job, clock, now, settings):
    settings.CRONMGMT = {"MISFIRE_LIMIT": 3}
    job = make_job(misfire="all", overlap="allow", grace=DAY)
    clock.move(10 * HOUR + MINUTE)
    settle(clock)

    outcome, sentence = told(now + HOUR)

    assert (outcome, Gap.objects.get().count) == ("missed", 7)
    assert "only the latest 3 are run" in sentence
    assert job.runs.count() == 3


def test_a_later_one_ran_instead(make_job, clock, now):
    make_job(grace=DAY)
    clock.move(4 * HOUR + MINUTE)
    settle(clock)

    assert told(now + 2 * HOUR)[0] == Gap.Kind.SUPERSEDED


def test_it_is_off(make_job, clock, now):
    make_job()
    actions.switch_off("job", ALICE, until=now + 10 * HOUR, reason="a new source")

    for at in (now + HOUR, now + 5 * HOUR):
        assert told(at) == (
            "off",
            "Switched off at 2026-06-01 12:00:00 UTC until 2026-06-01 22:00:00 UTC by "
            "alice: a new source",
        )
    assert told(now + 11 * HOUR)[0] == "expected"


def test_it_was_off(make_job, clock, now):
    make_job()
    actions.switch_off("job", ALICE, reason="a new source")
    clock.move(3 * HOUR)
    actions.switch_on("job")

    assert told(now + HOUR) == ("off", "Switched off by alice: a new source.")


def test_everything_is_off(make_job, clock, now):
    make_job()
    actions.pause(ALICE, until=now + 10 * HOUR, reason="moving")

    for _ in range(2):
        assert told(now + 2 * HOUR) == (
            "off",
            "Everything is off until 2026-06-01 22:00 UTC by alice: moving",
        )
        clock.time = now + 10 * HOUR
        settle(clock)


def test_it_is_a_holiday(make_job, clock, now):
    actions.save_calendar("nl", [(date(2026, 6, 2), "Kermis")])
    make_job(schedule_expression="0 12 * * *", calendar="nl")

    for _ in range(2):
        answer = why(now + DAY + MINUTE)
        assert answer.occurrence == now + DAY
        assert (answer.outcome, answer.sentence) == (
            "holiday",
            "Holiday: Kermis (calendar nl).",
        )
        clock.time = now + 2 * DAY
        settle(clock)
    assert Gap.objects.count() == 1


def test_it_is_set_aside(make_job, clock, now):
    make_job()
    ScheduledJob.objects.update(params=[1, 2])
    clock.move(HOUR)
    settle(clock)

    outcome, sentence = told(now + HOUR)
    assert outcome == "broken"
    assert sentence.startswith("Set aside: InvalidParameters")

    clock.move(2 * HOUR)
    ScheduledJob.objects.update(params={})
    actions.switch_on("job")

    outcome, sentence = told(now + 2 * HOUR)
    assert outcome == "broken"
    assert sentence.startswith("Set aside: InvalidParameters")
    assert (Gap.objects.get().first, Gap.objects.get().count) == (now + HOUR, 3)


def test_it_is_retired(make_job, clock, now):
    make_job()
    actions.cancel_job("job", ALICE)

    assert told(now + HOUR) == (
        "retired",
        "The job was retired at 2026-06-01 12:00:00 UTC by person: alice.",
    )


def test_no_worker_was_free(make_job, clock, now):
    make_job(start_deadline=MINUTE)
    clock.move(HOUR)
    settle(clock)
    clock.move(2 * MINUTE)
    claim("default")

    assert "start deadline" in told(now + HOUR)[1]


# The nearest.


@pytest.mark.parametrize(
    ("minutes", "hour"), [(60, 1), (61, 1), (89, 1), (91, 2), (5 * 60 + 20, 5)]
)
def test_the_nearest_occurrence_is_meant(make_job, now, minutes, hour):
    make_job()

    assert why(now + minutes * MINUTE).occurrence == now + hour * HOUR


def test_inside_a_gap_it_is_the_nearest_one_there(make_job, clock, now):
    make_job()
    clock.move(30 * DAY + MINUTE)
    settle(clock)

    answer = why(now + 10 * DAY + 20 * MINUTE)

    assert answer.occurrence == now + 10 * DAY
    assert answer.gap == Gap.objects.get()


def test_a_gap_from_before_an_edit_answers_for_all_that_lies_in_it(
    make_job, clock, now
):
    make_job(schedule_expression="*/7 * * * *")
    clock.move(61 * MINUTE)
    job = ScheduledJob.objects.get()
    job.schedule_expression = "0 * * * *"
    actions.save_job(job, ALICE)

    for minutes in (7, 14, 30, 58):
        assert why(now + minutes * MINUTE).gap == Gap.objects.get()


def test_a_run_tells_more_than_a_gap(make_job, make_run, now):
    job = make_job()
    run = make_run(job, Status.SUCCEEDED, scheduled_for=now + HOUR)
    Gap.objects.create(
        job=job,
        kind="missed",
        first=now,
        last=now + 2 * HOUR,
        count=3,
        reason="x",
        created_at=now,
    )

    assert why(now + HOUR).run == run


def test_before_the_job_was_made(make_job, clock, now):
    make_job()
    ScheduledJob.objects.update(created_at=now)

    assert told(now - 5 * HOUR) == (
        "unknown",
        "The job was only made at 2026-06-01 12:00:00 UTC.",
    )


def test_what_nobody_knows_any_more(make_job, clock, now):
    make_job()
    ScheduledJob.objects.update(created_at=now - 30 * DAY)

    outcome, sentence = told(now - 5 * HOUR)

    assert outcome == "unknown"
    assert "There is no record of it" in sentence


def test_a_job_that_only_people_start(make_job, now):
    make_job(schedule_kind="manual", schedule_expression="")

    answer = why(now)

    assert (answer.occurrence, answer.outcome) == (None, "unknown")


def test_a_schedule_that_cannot_be_read_still_has_its_history(make_job, make_run, now):
    run = make_run(make_job(), Status.SUCCEEDED, scheduled_for=now)
    ScheduledJob.objects.update(timezone="Mars/Olympus")

    assert why(now + HOUR).run == run


def test_programs_are_told_the_same(make_job, make_run, now):
    run = make_run(make_job(), Status.SKIPPED, scheduled_for=now, reason="Skipped: x.")

    assert why(now + SECOND).as_json() == {
        "job": "job",
        "asked": "2026-06-01T12:00:01+00:00",
        "occurrence": "2026-06-01T12:00:00+00:00",
        "outcome": "skipped",
        "reason": "Skipped: x.",
        "executionId": str(run.execution_id),
    }


def test_it_reads_a_bounded_number_of_rows(
    make_job, make_run, now, django_assert_max_num_queries
):
    job = make_job()
    for hour in range(30):
        make_run(job, Status.SUCCEEDED, scheduled_for=now - hour * HOUR)

    with django_assert_max_num_queries(5):
        ledger.why(job, now + HOUR)
