"""Jobs taken out of service, and put back."""

from __future__ import annotations

import pytest

from cronmgmt.engine.actions import CODE, revive_job
from cronmgmt.errors import Refused
from cronmgmt.models import Activity, ScheduledJob
from tests.admin.test_verbs import do


def test_a_job_is_retired_and_put_back_into_service(root, make_job):
    job = make_job()
    planned = job.next_run_at

    do(root, "retire", job)
    job.refresh_from_db()
    assert (job.state, job.retired_by) == ("retired", "person: root")
    assert job.next_run_at is None

    do(root, "revive", job)
    job.refresh_from_db()
    assert (job.state, job.retired_by) == ("on", "")
    assert job.next_run_at == planned
    assert {each.action for each in Activity.objects.all()} == {"retire", "revive"}


def test_a_job_in_service_cannot_be_revived(root, make_job):
    answer = do(root, "revive", make_job())

    assert b"is not retired." in answer.content
    assert Activity.objects.get().allowed is False


def test_a_job_that_the_code_declares_no_longer_is_not_revived(make_job, now):
    make_job(declared={"title": '""'}, retired_at=now, retired_by="the code")

    with pytest.raises(Refused, match="declares members no longer"):
        revive_job("members", CODE)


@pytest.mark.parametrize("action", ["retire", "revive"])
def test_who_may_only_edit_and_switch_can_do_neither(logged_in, make_job, action):
    tom = logged_in(
        "tom", "view_scheduledjob", "change_scheduledjob", "switch_scheduledjob"
    )
    job = make_job()

    offered = tom.get("/admin/cronmgmt/scheduledjob/").content.decode()
    do(tom, action, job)

    assert f'value="{action}"' not in offered
    assert not Activity.objects.filter(allowed=True).exists()
    assert ScheduledJob.objects.get().retired_at is None
