"""Who may what, and the record that every attempt leaves."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction

from cronmgmt.engine import actions
from cronmgmt.engine.actions import CODE, COMMAND, Actor
from cronmgmt.errors import Forbidden, Refused
from cronmgmt.models import Activity, JobRun, ScheduledJob

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def verbs(make_job, make_run, clock):
    """Every verb, ready to be called by somebody."""
    job = make_job("members")
    finished = make_run(make_job("positions"), "succeeded")
    waiting = make_run(make_job("intercom"))
    later = clock.time + HOUR
    make_job("old", retired_at=clock.time)
    return {
        "trigger": partial(actions.trigger, "members"),
        "rerun": partial(actions.rerun, finished.execution_id),
        "cancel": partial(actions.cancel_run, waiting.execution_id),
        "switch off": partial(actions.switch_off, "members", until=later),
        "switch on": partial(actions.switch_on, "members"),
        "edit": partial(actions.save_job, job),
        "create": partial(actions.save_job, ScheduledJob(**NEW)),
        "register": partial(actions.register_job, "new", None, "t:nothing"),
        "reset": partial(actions.reset_fields, "members", []),
        "retire": partial(actions.cancel_job, "members"),
        "revive": partial(actions.revive_job, "old"),
        "delete": partial(actions.delete_job, "members"),
    }


NEW = {"name": "report", "handler": "t:nothing", "schedule_kind": "manual"}
VERBS = [
    "trigger",
    "rerun",
    "cancel",
    "switch off",
    "switch on",
    "edit",
    "create",
    "register",
    "reset",
    "retire",
    "revive",
    "delete",
]


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_does_and_it_is_on_record(verbs, alice, now, verb):
    verbs[verb](actor=alice)

    record = Activity.objects.get()
    assert (record.actor, record.action, record.allowed) == ("alice", verb, True)
    assert (record.source, record.address) == ("dashboard", "192.0.2.7")
    assert record.at == now
    assert record.job_name


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", ["bob", "charlie"])
def test_who_may_not_is_refused_and_that_is_on_record(request, verbs, name, verb):
    actor = request.getfixturevalue(name)
    before = list(ScheduledJob.objects.order_by("pk").values())
    runs = list(JobRun.objects.order_by("pk").values())

    with pytest.raises(Forbidden, match=f"You may not {verb}"):
        verbs[verb](actor=actor)

    record = Activity.objects.get()
    assert (record.actor, record.action, record.allowed) == (name, verb, False)
    assert list(ScheduledJob.objects.order_by("pk").values()) == before
    assert list(JobRun.objects.order_by("pk").values()) == runs


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("actor", [CODE, COMMAND], ids=str)
def test_code_and_commands_may_everything(verbs, verb, actor):
    verbs[verb](actor=actor)

    assert Activity.objects.get().source == actor.source


def test_who_may_add_jobs_may_not_change_those_that_are_there(make_job, make_actor):
    dora = make_actor("dora", "add_scheduledjob")
    make_job("members")
    actions.register_job("new", None, "t:nothing", actor=dora)

    with pytest.raises(Forbidden):
        actions.register_job("members", None, "t:limited", actor=dora)

    assert ScheduledJob.objects.get(name="members").handler == "t:nothing"


def test_who_may_change_jobs_may_register_one_that_is_there(make_job, make_actor):
    emma = make_actor("emma", "change_scheduledjob")
    make_job("members")

    actions.register_job("members", None, "t:limited", actor=emma)

    with pytest.raises(Forbidden):
        actions.register_job("new", None, "t:limited", actor=emma)


def test_a_refusal_is_on_record_with_its_reason(make_job, clock):
    make_job("members", retired_at=clock.time)

    with pytest.raises(Refused):
        actions.trigger("members")

    record = Activity.objects.get()
    assert not record.allowed
    assert record.reason == "members is retired; register it again to run it."


def test_the_reason_that_was_given_is_on_record(make_job):
    make_job("members")

    actions.trigger("members", reason="the first had a typo")

    assert Activity.objects.get().reason == "the first had a typo"


def test_a_deed_and_its_record_are_kept_or_lost_together(make_job):
    make_job("members")

    with pytest.raises(RuntimeError), transaction.atomic():
        actions.trigger("members")
        raise RuntimeError

    assert not JobRun.objects.exists()
    assert not Activity.objects.exists()


@pytest.mark.parametrize("name", ["n" * 254, "nul \x00", "half \ud800"])
def test_however_a_person_is_called_it_is_on_record(make_job, name):
    make_job("members")
    actor = Actor(name, "dashboard")

    run = actions.trigger("members", actor)
    actions.cancel_run(run.execution_id, actor)
    actions.switch_off("members", actor)
    actions.cancel_job("members", actor)

    assert Activity.objects.filter(allowed=True).count() == 4
    assert 0 < len(Activity.objects.first().actor) <= 150


@pytest.mark.parametrize("reason", ["r" * 5000, "nul \x00", "half \ud800"])
def test_whatever_a_person_types_as_a_reason_is_kept(make_job, reason):
    make_job("members")

    run = actions.trigger("members", reason=reason)
    actions.cancel_run(run.execution_id, reason=reason)
    again = actions.rerun(run.execution_id, reason=reason)
    actions.cancel_run(again.execution_id, reason=reason)
    job = actions.switch_off("members", reason=reason)
    actions.switch_on("members", reason=reason)

    assert Activity.objects.filter(allowed=True).count() == 6
    assert job.off_reason
    assert "Cancelled by code" in JobRun.objects.first().reason


def test_a_record_says_who_did_what():
    record = Activity(actor="alice", action="trigger", job_name="members")

    assert str(record) == "alice: trigger members"
