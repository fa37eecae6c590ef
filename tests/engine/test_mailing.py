"""Who is told of the end of a run, and that one mail is queued for each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError

from cronmgmt.engine import actions, deadlines, mailing, recovery
from cronmgmt.engine.actions import Actor
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.engine.mailing import MAIL
from cronmgmt.engine.scheduling import queue_due
from cronmgmt.errors import InvalidWork
from cronmgmt.models import JobRun, Status

pytestmark = [pytest.mark.django_db, pytest.mark.part("1.6")]

ANNA, BERT = "anna@example.org", "bert@example.org"
SECOND = timedelta(seconds=1)


def mails():
    return JobRun.objects.filter(handler=MAIL).order_by("pk")


def told():
    return [mail.params["to"] for mail in mails()]


@pytest.mark.usefixtures("every_path")
@pytest.mark.parametrize("handler", ["t:nothing", "t:fail"])
def test_each_address_gets_a_mail_of_its_own_when_a_run_ends(make_run, handler):
    run = make_run(handler=handler, notify=[ANNA, BERT])

    work_a_slice("default", 1)

    assert told() == [ANNA, BERT]
    mail = mails()[0]
    assert (mail.params["about"], mail.status) == (str(run.execution_id), Status.QUEUED)
    assert (mail.origin, mail.job, mail.notify) == ("enqueue", None, None)


@pytest.mark.usefixtures("every_path")
@pytest.mark.parametrize("notify", [None, []])
def test_nobody_is_told_unless_somebody_said_so(make_run, notify):
    make_run(notify=notify)

    work_a_slice("default", 1)

    assert told() == []


def test_an_attempt_that_will_be_repeated_is_no_end(make_run):
    make_run(handler="t:fail", max_attempts=2, notify=[ANNA])

    work_a_slice("default", 1)

    assert told() == []


def test_a_run_that_is_lost_is_told_of(make_run, clock):
    over = {"lease_expires_at": clock.time - SECOND, "on_lost": "fail"}
    make_run(status=Status.RUNNING, notify=[ANNA], **over)

    recovery.recover_expired()

    assert told() == [ANNA]


def test_a_run_that_is_cancelled_before_it_starts_is_told_of(make_run):
    run = make_run(notify=[ANNA])

    actions.cancel_run(run.execution_id)

    assert told() == [ANNA]


def test_a_run_that_another_one_replaces_is_told_of(make_job):
    job = make_job(overlap="replace")
    actions.trigger(job.name, notify=ANNA)

    actions.trigger(job.name)

    assert told() == [ANNA]


def test_a_run_that_nobody_started_in_time_is_told_of(make_run, clock):
    run = make_run(notify=[ANNA], start_by=clock.time - SECOND)
    run.db_now = clock.time

    deadlines.end_late([run])
    deadlines.end_late([run])

    assert told() == [ANNA]


def test_nobody_is_told_of_the_end_of_a_mail(make_run):
    make_run(handler=MAIL, params={"about": "x", "to": "y"}, notify=[ANNA])

    work_a_slice("default", 1)

    assert mails().count() == 1


@pytest.mark.parametrize(
    "notify", [{"to": ANNA}, "x", 1, [1, None, {}, "nobody", f"a@b.c\nBcc: {ANNA}"]]
)
def test_what_was_written_by_hand_keeps_no_run_from_ending(make_run, notify):
    run = make_run(notify=notify)

    work_a_slice("default", 1)

    run.refresh_from_db()
    assert (run.status, told()) == (Status.SUCCEEDED, [])


@pytest.mark.django_db(transaction=True)
def test_the_end_and_its_mails_are_written_together_or_not_at_all(
    make_run, monkeypatch
):
    run = make_run(notify=[ANNA])
    tries = []

    def fail_first(shared, rows):
        tries.append(len(rows))
        insert_many(shared, rows)
        if len(tries) == 1:
            raise DatabaseError("away")

    insert_many = mailing.insert_many
    monkeypatch.setattr(mailing, "insert_many", fail_first)
    work_a_slice("default", 1)

    run.refresh_from_db()
    assert (run.status, len(tries), told()) == (Status.SUCCEEDED, 2, [ANNA])


def test_a_mail_does_not_take_the_place_of_other_work(make_run):
    make_run(notify=[ANNA])
    work_a_slice("default", 1)
    make_run()

    work_a_slice("default", 1)

    assert mails().get().status == Status.QUEUED


# Who is told.


@pytest.fixture
def alice(make_user):
    permissions = ("view_scheduledjob", "trigger_scheduledjob", "rerun_jobrun")
    user = make_user("alice", *permissions, email="alice@example.org")
    return Actor("alice", "dashboard", user)


def test_a_job_tells_who_triggered_it_if_it_is_told_to(make_job, alice):
    make_job("tells", mail_requester=True)
    make_job("silent")

    runs = [actions.trigger(name, alice) for name in ("tells", "silent")]

    assert [run.notify for run in runs] == [["alice@example.org"], []]


def test_who_repeats_a_run_is_told(make_job, make_run, alice):
    job = make_job(mail_requester=True)
    old = make_run(job, Status.FAILED, notify=[BERT])

    assert actions.rerun(old.execution_id, alice).notify == ["alice@example.org"]


def test_addresses_come_from_the_job_and_from_whoever_asks(make_job, alice, settings):
    settings.CRONMGMT = {"NOTIFY_DOMAINS": ["example.org"]}
    make_job("both", mail_requester=True, mail_to=[ANNA])

    run = actions.trigger("both", alice, notify=[BERT, ANNA, alice.user])

    assert run.notify == [ANNA, BERT, "alice@example.org"]


@pytest.mark.parametrize("email", ["", "nobody", "a@b.c\nBcc: x@example.org"])
def test_somebody_without_an_address_is_not_told(make_job, alice, email):
    make_job(mail_requester=True)
    alice.user.email = email

    assert actions.trigger("job", alice).notify == []


def test_code_and_commands_have_no_address(make_job):
    make_job(mail_requester=True)

    assert actions.trigger("job").notify == []


def test_what_is_no_address_is_refused(make_job):
    make_job()

    with pytest.raises(InvalidWork, match="e-mail addresses"):
        actions.trigger("job", notify="nobody")
    assert not JobRun.objects.exists()


@pytest.mark.usefixtures("every_path")
@pytest.mark.parametrize(("to", "count"), [([], 0), ([ANNA], 1)])
def test_a_schedule_tells_nobody_unless_its_job_names_somebody(
    make_job, now, to, count
):
    job = make_job(next_run_at=now, mail_requester=True, mail_to=to)
    queue_due(now, now)

    work_a_slice("default", 1)

    assert JobRun.objects.get(job=job).status == Status.SUCCEEDED
    assert len(told()) == count
