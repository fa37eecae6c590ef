"""What is done with several jobs at once."""

from __future__ import annotations

import pytest

from cronmgmt.models import Activity, JobRun, ScheduledJob, Status

LIST = "/admin/cronmgmt/scheduledjob/"


def do(client, action, *jobs, **answers):
    data = {"action": action, "_selected_action": [job.pk for job in jobs], **answers}
    return client.post(LIST, data, follow=True)


def test_jobs_are_triggered(root, make_job):
    answer = do(root, "trigger_now", make_job("a"), make_job("b"))

    assert {run.job_name for run in JobRun.objects.all()} == {"a", "b"}
    assert b"Queued: a, b." in answer.content
    assert {each.source for each in Activity.objects.all()} == {"admin"}


def test_a_job_that_is_refused_does_not_stop_the_others(root, make_job, make_run):
    blocked = make_job("a")
    do(root, "trigger_now", blocked)

    answer = do(root, "trigger_now", blocked, make_job("b"))

    assert b"do not overlap" in answer.content
    assert b"Queued: b." in answer.content
    assert JobRun.objects.filter(status=Status.QUEUED).count() == 2


def test_a_broken_row_does_not_stop_the_others(root, make_job):
    broken = make_job("a")
    ScheduledJob.objects.update(schedule_expression="61 * * * *")

    answer = do(root, "switch_on", broken, make_job("b"))

    assert b": minute: use 0 to 59" in answer.content
    assert b"Switched on: b." in answer.content


def test_jobs_are_switched_off_and_on(root, make_job):
    job = make_job()

    do(root, "switch_off", job, switch="1")
    assert not ScheduledJob.objects.get().enabled

    do(root, "switch_on", job)
    assert ScheduledJob.objects.get().enabled


@pytest.mark.parametrize("action", ["trigger_now", "switch_off", "switch_on"])
def test_who_lacks_the_permission_is_not_offered_the_action(erin, make_job, action):
    job = make_job()

    offered = erin.get(LIST).content.decode()
    do(erin, action, job)

    assert f'value="{action}"' not in offered
    assert not Activity.objects.filter(allowed=True).exists()
    assert not JobRun.objects.exists()


def test_each_action_needs_its_own_permission(logged_in, make_job):
    tom = logged_in("tom", "view_scheduledjob", "trigger_scheduledjob")
    make_job()

    offered = tom.get(LIST).content.decode()

    assert 'value="trigger_now"' in offered
    assert 'value="switch_off"' not in offered
