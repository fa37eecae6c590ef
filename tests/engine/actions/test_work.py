"""A person who queues work needs the permission, and leaves a record."""

from __future__ import annotations

import pytest

from cronmgmt.engine.actions import CODE, COMMAND, Actor, enqueue, enqueue_many
from cronmgmt.errors import Forbidden
from cronmgmt.models import Activity, JobAccess, JobRun

pytestmark = pytest.mark.django_db


def test_who_may_queue_work_is_on_record_with_it(make_user):
    alice = Actor("alice", "api", make_user("alice", "add_jobrun"))

    enqueue("t:nothing", actor=alice)

    assert JobRun.objects.get().requested_by == "alice"
    record = Activity.objects.get()
    assert (record.actor, record.action, record.job_name, record.allowed) == (
        *("alice", "enqueue", "t:nothing", True),
    )


def test_who_may_not_queue_work_is_refused_and_on_record(make_user):
    charlie = Actor("charlie", "api", make_user("charlie", "trigger_scheduledjob"))

    with pytest.raises(Forbidden):
        enqueue_many("t:nothing", [{}, {}], charlie)

    assert not JobRun.objects.exists()
    assert not Activity.objects.get().allowed


def test_the_handler_of_a_job_out_of_reach_is_out_of_reach_too(make_job, make_user):
    payroll = make_job("payroll", handler="t:limited")
    JobAccess.objects.create(job=payroll, group="payroll")
    alice = Actor("alice", "api", make_user("alice", "add_jobrun"))

    with pytest.raises(Forbidden, match="t:limited"):
        enqueue("t:limited", actor=alice)

    enqueue("t:nothing", actor=alice)
    make_job("open", handler="t:limited")
    again = Actor("alice", "api", alice.user)
    assert enqueue("t:limited", actor=again).is_new


def test_a_command_is_on_record_and_the_code_of_the_site_is_not():
    enqueue("t:nothing", actor=COMMAND)
    enqueue("t:nothing", actor=CODE)

    assert Activity.objects.get().actor == "command"
    assert list(
        JobRun.objects.order_by("id").values_list("requested_by", flat=True)
    ) == [
        "command",
        "",
    ]
