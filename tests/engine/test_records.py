"""What is on record of an attempt: what changed, why, and whatever became of it."""

from __future__ import annotations

import logging

import pytest
from django.db import OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError

from cronmgmt import registry, signals
from cronmgmt.engine import actions, records
from cronmgmt.engine.actions import Actor
from cronmgmt.engine.declaring import apply_declarations
from cronmgmt.engine.records import keeping
from cronmgmt.errors import Blocked, InvalidParameters, Refused, UnknownJob
from cronmgmt.models import Activity, JobRun, ScheduledJob
from cronmgmt.parameters import Secret
from cronmgmt.telemetry.redaction import MASK

pytestmark = [pytest.mark.django_db, pytest.mark.part("0.10")]


def push(run, token: Secret[str], limit: int = 10):
    """Do nothing."""


@pytest.fixture
def pushing():
    registry.add_handler("t:push", push)


def latest():
    return Activity.objects.order_by("-id").first()


def test_an_edit_has_what_changed_and_nothing_else(make_job):
    job = make_job("members", title="Members")
    job.title, job.max_attempts = "All members", 3

    actions.save_job(job, Actor("alice", "admin"), reason="More of them.")

    record = latest()
    assert record.before == {"title": "Members", "max_attempts": 1}
    assert record.after == {"title": "All members", "max_attempts": 3}
    assert (record.reason, record.job_key) == ("More of them.", job.pk)


def test_a_new_job_has_all_and_a_deleted_one_had_it(clock):
    job = ScheduledJob(name="report", handler="t:nothing", schedule_kind="manual")
    actions.save_job(job, Actor("alice", "admin"))
    made = latest()
    actions.delete_job("report")

    assert made.before is None
    assert (made.after["handler"], made.job_key) == (
        "t:nothing",
        job.pk or made.job_key,
    )
    gone = latest()
    assert (gone.before["name"], gone.after) == ("report", None)
    assert gone.job_key == made.job_key


def test_switching_says_until_when_and_why(make_job, clock):
    make_job("members")

    actions.switch_off("members", Actor("alice", "admin"), reason="repair")

    record = latest()
    assert record.before["enabled"] is True
    assert record.after["enabled"] is False
    assert record.after["off_reason"] == "repair"
    assert record.after["off_by"] == "alice"


def test_secrets_are_masked_and_their_references_are_not(make_job, pushing):
    job = make_job("members", handler="t:push", params={"token": "env:OLD"})
    ScheduledJob.objects.filter(pk=job.pk).update(params={"token": "hunter2hunter2"})
    job.params = {"token": "env:NEW"}
    job.description = "Log in with password=hunter3hunter3"

    actions.save_job(job, Actor("alice", "admin"))

    record = latest()
    assert record.before["params"] == {"token": MASK}
    assert record.after["params"] == {"token": "env:NEW"}
    assert "hunter3" not in str(record.after)
    assert "description" in record.after


def test_a_trigger_has_its_run_and_the_parameters_that_were_given(make_job, pushing):
    make_job("members", handler="t:push", params={"token": "env:A"})

    run = actions.trigger("members", params={"limit": 3, "token": "env:B"})

    record = latest()
    assert record.execution_id == run.execution_id
    assert record.after == {"params": {"limit": 3, "token": "env:B"}}
    assert record.before is None


def test_a_refused_trigger_has_what_was_asked_for(make_job, pushing):
    make_job("members", handler="t:push", params={"token": "env:A"})

    with pytest.raises(InvalidParameters):
        actions.trigger("members", params={"limit": "x", "token": "hunter2hunter2"})

    record = latest()
    assert not record.allowed
    assert record.after == {"params": {"limit": "x", "token": MASK}}
    assert "hunter2" not in f"{record.reason}{record.after}"


def test_what_is_refused_for_its_state_keeps_the_reason_that_was_given(make_job, bell):
    make_job("members")
    actions.trigger("members")

    with pytest.raises(Blocked):
        actions.trigger("members", reason="once more")

    assert "do not overlap" in latest().reason
    assert "once more" in latest().reason


def test_an_attempt_on_a_job_that_is_not_there_is_on_record():
    with pytest.raises(UnknownJob):
        actions.trigger("nowhere", Actor("alice", "api", address="192.0.2.7"))

    record = latest()
    assert (record.job_name, record.allowed, record.job_key) == ("nowhere", False, None)
    assert record.address == "192.0.2.7"


def test_a_cancelled_run_says_what_it_was(make_run, make_job):
    run = make_run(make_job())

    actions.cancel_run(run.execution_id)

    assert latest().before == {"status": "queued"}
    assert latest().after == {"status": "cancelled"}
    assert latest().job_key == run.job_id


def test_days_of_a_calendar_and_ends_of_pauses_are_on_record(clock):
    actions.save_calendar("nl", [(clock.time.date(), "Whit Monday")])
    made = latest()
    actions.save_calendar("nl", [])
    emptied = latest()
    actions.pause(reason="move")
    paused = latest()
    actions.end_pause()

    days = {clock.time.date().isoformat(): "holiday Whit Monday"}
    assert (made.before, made.after) == (None, days)
    assert (emptied.before, emptied.after) == (days, {})
    assert (paused.after, paused.reason) == ({"until": None}, "move")
    assert latest().before == {"until": None}
    assert latest().after == {"until": clock.time.isoformat()}


def test_who_knows_of_a_job_is_on_record(make_job):
    make_job("payroll")
    actions.restrict_job("payroll", {"Payroll": "act"})
    actions.restrict_job("payroll", {"Audit": "see"})

    assert latest().before == {"access": {"Payroll": "act"}}
    assert latest().after == {"access": {"Audit": "see"}}


def test_what_a_deploy_changes_is_on_record(declare, monkeypatch, clock):
    declare()
    apply_declarations()
    made = latest()
    apply_declarations()
    assert latest() == made

    monkeypatch.setattr(registry, "_declarations", {})
    declare(cron="15 8 * * *")
    apply_declarations()
    changed = latest()
    monkeypatch.setattr(registry, "_declarations", {})
    apply_declarations()

    assert (made.actor, made.source, made.action) == ("deploy", "code", "create")
    assert changed.before == {"schedule_expression": "15 7 * * *"}
    assert changed.after == {"schedule_expression": "15 8 * * *"}
    assert (latest().action, latest().job_key) == ("retire", made.job_key)


# What becomes of a record when something else goes wrong.


@pytest.fixture
def failing(monkeypatch):
    """The run cannot be written, for a reason that nobody meant."""

    def insert(run):
        raise OperationalError("disk full, password=hunter2")

    monkeypatch.setattr("cronmgmt.engine.actions.runs.insert", insert)


def test_an_attempt_that_fails_is_on_record_as_such(make_job, failing):
    make_job("members")

    with pytest.raises(OperationalError):
        actions.trigger("members", reason="now")

    record = latest()
    assert (record.allowed, record.failed) == (True, True)
    assert "disk full" in record.reason
    assert "hunter2" not in record.reason


def test_a_failure_that_takes_the_transaction_with_it_is_in_the_log(make_job, caplog):
    make_job("members")
    caplog.set_level(logging.ERROR, "cronmgmt.activity")

    with pytest.raises(TransactionManagementError), transaction.atomic():
        connection.needs_rollback = True
        actions.trigger("members", Actor("alice", "code"))

    assert "alice failed to trigger members" in caplog.text


@pytest.mark.parametrize("refused", [True, False])
def test_a_record_that_is_rolled_back_by_others_is_written_again(make_job, refused):
    make_job("members")

    with pytest.raises(RuntimeError), keeping(), transaction.atomic():
        if refused:
            with pytest.raises(Refused):
                actions.revive_job("members")
        else:
            actions.trigger("members", reason="please")
        raise RuntimeError

    record = Activity.objects.get()
    assert not JobRun.objects.exists()
    assert record.allowed is not refused
    assert record.failed is not refused
    if not refused:
        assert record.reason.startswith(records.UNDONE)
        assert record.reason.endswith("please")


def test_a_failure_that_could_not_be_written_is_written_at_the_end(make_job):
    make_job("members")

    with (
        pytest.raises(TransactionManagementError),
        keeping(),
        transaction.atomic(),
    ):
        connection.needs_rollback = True
        actions.trigger("members", Actor("alice", "code"))

    assert (latest().actor, latest().failed) == ("alice", True)


def test_what_was_not_rolled_back_is_not_written_twice(make_job):
    make_job("members")

    with keeping():
        with pytest.raises(RuntimeError), transaction.atomic():
            actions.trigger("members", Actor("alice", "code"))
            raise RuntimeError
        actions.switch_off("members", Actor("bob", "code"))
        with pytest.raises(UnknownJob):
            actions.trigger("nowhere")

    found = Activity.objects.values_list("actor", "action", "allowed", "failed")
    assert sorted(found) == [
        ("alice", "trigger", True, True),
        ("bob", "switch off", True, False),
        ("code", "trigger", False, False),
    ]


def test_a_transaction_that_is_tried_again_leaves_one_record(make_job, monkeypatch):
    make_job("members")
    tries = []

    def twice(work):
        for _ in range(2):
            sid = transaction.savepoint()
            tries.append(work())
            if len(tries) == 1:
                transaction.savepoint_rollback(sid)
        return tries[-1]

    monkeypatch.setattr("cronmgmt.engine.actions.actor.in_transaction", twice)
    with keeping():
        actions.switch_off("members")

    assert len(tries) == 2
    assert Activity.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_listens_is_told_of_what_is_unusual(make_job, bell):
    make_job("members", overlap="allow")
    heard = []
    hear = _into(heard)
    signals.unusual_activity.connect(hear)

    for _ in range(12):
        actions.trigger("members", Actor("alice", "dashboard", _Root()))

    marked = Activity.objects.filter(unusual=True)
    assert marked.count() == 2
    assert [each.pk for each in heard] == [each.pk for each in marked.order_by("id")]


class _Root:
    is_superuser = True

    def has_perm(self, permission):
        return True


def _into(heard):
    return lambda activity, **kwargs: heard.append(activity)
