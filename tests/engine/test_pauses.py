"""Everything, or all jobs of a tag, off for a while, with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.engine import actions
from cronmgmt.engine.actions import Actor
from cronmgmt.engine.looking import look
from cronmgmt.engine.pauses import take_up_stranded
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.errors import Forbidden, Refused
from cronmgmt.models import Activity, Gap, JobRun, Origin, Pause, ScheduledJob

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

ALICE = Actor("alice", "dashboard")


def come_back(clock, after):
    """A scheduler starts to look again when none has looked for ``after``."""
    clock.move(after)
    return settle(clock, clock.time)


def settle(clock, alive_since):
    """Look as often as a scheduler would before it sleeps."""
    for _ in range(10):
        seen = look()
        if not seen.due() or not queue_due(clock.time, alive_since):
            break


def work(clock, until, step=MINUTE):
    """Let a scheduler look from now until then."""
    since = clock.time
    while clock.time < until:
        clock.move(min(step, until - clock.time))
        settle(clock, since)


def runs_of(job):
    found = job.runs.order_by("scheduled_for")
    return list(found.values_list("scheduled_for", flat=True))


def test_nothing_is_due_in_a_pause(make_job, clock, now):
    job = make_job()

    actions.pause(ALICE, until=now + 150 * MINUTE, reason="moving")
    job.refresh_from_db()

    assert job.next_run_at == now + 3 * HOUR
    assert not job.plan_is_stale()


def test_it_ends_by_itself_and_what_it_took_out_is_one_gap(make_job, clock, now):
    job = make_job(overlap="allow")
    actions.pause(ALICE, until=now + 150 * MINUTE, reason="moving")

    work(clock, now + 4 * HOUR)

    gap = Gap.objects.get()
    assert (gap.job, gap.kind, gap.count) == (job, Gap.Kind.OFF, 2)
    assert (gap.first, gap.last) == (now + HOUR, now + 2 * HOUR)
    assert gap.reason == "Everything is off until 2026-06-01 14:30 UTC by alice: moving"
    assert runs_of(job) == [now + 3 * HOUR, now + 4 * HOUR]
    job.refresh_from_db()
    assert job.covered_until is None


def test_without_an_end_it_lasts_until_somebody_ends_it(make_job, clock, now):
    job = make_job()
    actions.pause(ALICE)
    job.refresh_from_db()
    assert job.next_run_at is None

    clock.move(30 * DAY + MINUTE)
    actions.end_pause(ALICE)

    job.refresh_from_db()
    gap = Gap.objects.get()
    assert gap.count == 30 * 24
    assert "off until 2026-07-01 12:01 UTC by alice." in gap.reason
    assert job.next_run_at == now + 30 * DAY + HOUR
    assert not job.runs.exists()


def test_ended_early_the_jobs_go_on_with_what_is_next(make_job, clock, now):
    job = make_job()
    actions.pause(until=now + 10 * DAY)
    clock.move(90 * MINUTE)
    actions.end_pause()

    work(clock, now + 2 * HOUR)

    assert runs_of(job) == [now + 2 * HOUR]
    assert Gap.objects.get().count == 1
    pause = Pause.objects.get()
    assert (pause.until, pause.ended_by) == (now + 90 * MINUTE, "code")


def test_an_hour_of_a_one_second_job_is_one_gap(make_job, clock, now):
    job = make_job(schedule_kind="interval", schedule_expression="1s", overlap="allow")
    actions.pause(until=now + HOUR)

    clock.move(HOUR - 3 * SECOND)
    settle(clock, now)
    work(clock, now + HOUR + 2 * SECOND, step=SECOND)

    assert Gap.objects.get().count == 3599
    # One was made ahead of the pause, at the very moment at which it began.
    assert all(each >= now + HOUR for each in runs_of(job))


def test_a_tag_is_about_its_jobs_only(make_job, clock, now):
    tagged, other = make_job("tagged", tags=["billing"]), make_job("other")

    actions.pause(tag="billing", until=now + DAY, reason="audit")
    work(clock, now + HOUR)

    tagged.refresh_from_db()
    assert tagged.next_run_at == now + DAY
    assert runs_of(other) == [now + HOUR]
    assert str(Pause.objects.get()).startswith("All jobs with the tag billing are off")


def test_pauses_in_each_other_end_one_by_one(make_job, clock, now):
    job = make_job(tags=["billing"])
    actions.pause(tag="billing", until=now + 3 * HOUR)
    actions.pause(until=now + 90 * MINUTE)
    actions.end_pause(tag="billing")
    job.refresh_from_db()
    assert job.next_run_at == now + 2 * HOUR

    actions.pause(tag="billing", until=now + 4 * HOUR)
    clock.move(30 * MINUTE)
    actions.end_pause()
    job.refresh_from_db()

    assert job.next_run_at == now + 4 * HOUR
    assert not Gap.objects.exists()  # The other goes on.


def test_a_job_made_meanwhile_waits_as_well(make_job, clock, now):
    actions.pause(until=now + 150 * MINUTE)

    job = make_job()

    assert job.next_run_at == now + 3 * HOUR


def test_a_job_edited_meanwhile_waits_and_its_gap_is_not_lost(make_job, clock, now):
    job = make_job()
    actions.pause(until=now + 3 * HOUR + MINUTE)
    clock.move(90 * MINUTE)

    job.refresh_from_db()
    job.schedule_expression = "30 * * * *"
    actions.save_job(job, ALICE)
    work(clock, now + 4 * HOUR)

    counts = Gap.objects.order_by("first").values_list("first", "last", "count")
    assert list(counts) == [
        (now + HOUR, now + HOUR, 1),
        (now + 150 * MINUTE, now + 150 * MINUTE, 1),
    ]
    assert runs_of(job) == [now + 210 * MINUTE]


def test_what_was_written_while_it_began_is_put_off_when_it_comes_due(
    make_job, clock, now
):
    job = make_job()
    actions.pause(until=now + 150 * MINUTE)
    ScheduledJob.objects.update(next_run_at=now + HOUR, covered_until=None)

    work(clock, now + 3 * HOUR)

    assert runs_of(job) == [now + 3 * HOUR]
    assert Gap.objects.get().count == 2


def test_what_was_due_before_it_is_decided_as_ever(make_job, clock, now):
    job = make_job(misfire="none")
    clock.move(HOUR + MINUTE)
    actions.pause(until=now + 3 * HOUR)
    clock.move(5 * MINUTE)
    settle(clock, clock.time)

    assert (job.runs.get().status, job.runs.get().scheduled_for) == (
        "missed",
        now + HOUR,
    )
    job.refresh_from_db()
    assert job.next_run_at == now + 3 * HOUR


def test_a_pause_that_came_and_went_without_a_scheduler(make_job, clock, now):
    job = make_job(misfire="all", grace=DAY, overlap="allow")
    clock.move(90 * MINUTE)  # One is overdue by now.
    actions.pause(until=now + 210 * MINUTE)

    come_back(clock, 4 * HOUR - 90 * MINUTE + MINUTE)

    assert runs_of(job) == [now + HOUR, now + 4 * HOUR]
    assert {run.origin for run in job.runs.all()} == {Origin.CATCH_UP}
    gap = Gap.objects.get()
    assert (gap.kind, gap.count) == ("off", 2)


def test_a_paused_job_that_is_off_stays_off(make_job, clock, now):
    job = make_job()
    actions.switch_off("job")
    actions.pause()
    actions.end_pause()

    job.refresh_from_db()
    assert (job.state, job.next_run_at) == ("off", None)


def test_switched_on_during_a_pause_it_waits_for_its_end(make_job, now):
    job = make_job()
    actions.switch_off("job")
    actions.pause(until=now + 150 * MINUTE)
    actions.switch_on("job")

    job.refresh_from_db()
    assert job.next_run_at == now + 3 * HOUR


def test_people_may_still_trigger(make_job):
    make_job()
    actions.pause()

    assert actions.trigger("job").status == "queued"


def test_a_broken_row_does_not_keep_the_others_from_it(make_job, now):
    make_job("broken"), make_job("healthy")
    ScheduledJob.objects.filter(name="broken").update(timezone="Mars/Olympus")

    actions.pause(until=now + 150 * MINUTE)

    healthy = ScheduledJob.objects.get(name="healthy")
    assert healthy.next_run_at == now + 3 * HOUR


def test_it_is_on_record(make_job, clock, now):
    actions.pause(ALICE, tag="billing", reason="audit")
    actions.end_pause(ALICE, tag="billing")

    rows = Activity.objects.order_by("id").values_list("actor", "action", "job_name")
    assert list(rows) == [
        ("alice", "switch off", "tag billing"),
        ("alice", "switch on", "tag billing"),
    ]


def test_what_makes_no_sense_is_refused(clock, now):
    with pytest.raises(Refused, match="passed already"):
        actions.pause(until=now)
    with pytest.raises(Refused, match="no pause of everything"):
        actions.end_pause()
    with pytest.raises(Refused, match="no pause of jobs with the tag billing"):
        actions.end_pause(tag="billing")
    actions.pause(reason="moving")
    with pytest.raises(Refused, match="Everything is off by code: moving End that"):
        actions.pause()


def test_who_may_not_switch_is_refused(clock, django_user_model):
    vera = Actor("vera", "admin", django_user_model.objects.create_user("vera"))

    with pytest.raises(Forbidden):
        actions.pause(vera)
    with pytest.raises(Forbidden):
        actions.end_pause(vera)
    assert not Pause.objects.exists()
    assert not JobRun.objects.exists()


def test_a_job_that_loses_the_tag_meanwhile_goes_on(make_job, clock, now):
    job = make_job(tags=["billing"])
    actions.pause(ALICE, tag="billing", reason="audit")
    clock.move(90 * MINUTE)

    job.refresh_from_db()
    job.tags = []
    actions.save_job(job, ALICE)
    work(clock, now + 2 * HOUR)

    assert runs_of(job) == [now + 2 * HOUR]
    gap = Gap.objects.get()
    assert (gap.first, gap.count) == (now + HOUR, 1)
    assert "All jobs with the tag billing are off by alice: audit" in gap.reason


def test_a_job_that_gets_the_tag_meanwhile_waits(make_job, clock, now):
    job = make_job()
    actions.pause(tag="billing", until=now + 150 * MINUTE)

    job.tags = ["billing"]
    actions.save_job(job, ALICE)

    assert ScheduledJob.objects.get().next_run_at == now + 3 * HOUR


def test_a_pause_that_was_deleted_by_hand_strands_nobody(make_job, clock, now):
    make_job(), make_job("other", schedule_kind="manual", schedule_expression="")
    actions.pause()
    clock.move(90 * MINUTE)
    assert take_up_stranded() == 1
    assert ScheduledJob.objects.filter(next_run_at=None).count() == 2

    Pause.objects.all().delete()
    take_up_stranded()

    job = ScheduledJob.objects.get(name="job")
    assert job.next_run_at == now + 2 * HOUR
    assert take_up_stranded() == 0


def test_what_is_overdue_when_a_pause_ends_is_left_to_the_scheduler(
    make_job, clock, now
):
    actions.save_calendar("nl", [])
    job = make_job(misfire="all", overlap="allow", grace=DAY, calendar="nl")
    clock.move(90 * MINUTE)
    actions.pause()
    clock.move(HOUR)
    actions.end_pause()
    settle(clock, clock.time)
    work(clock, now + 3 * HOUR)

    assert runs_of(job) == [now + HOUR, now + 3 * HOUR]
    assert Gap.objects.get().first == now + 2 * HOUR


def test_what_is_due_at_the_very_end_runs(make_job, clock, now):
    job = make_job()
    actions.pause()
    clock.move(2 * HOUR)
    actions.end_pause()
    settle(clock, now)

    assert runs_of(job) == [now + 2 * HOUR]
    assert Gap.objects.get().last == now + HOUR
