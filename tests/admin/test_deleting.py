"""Deleting jobs in the admin."""

from __future__ import annotations

import pytest

from cronmgmt.models import Activity, Gap, JobRun, ScheduledJob

LIST = "/admin/cronmgmt/scheduledjob/"


def test_deleting_a_job_keeps_its_runs_and_is_on_record(root, make_job, make_run, now):
    job = make_job()
    make_run(job)
    Gap.objects.create(
        job=job, kind="off", first=now, last=now, count=2, reason="", created_at=now
    )

    answer = root.post(f"{LIST}{job.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 302
    assert not ScheduledJob.objects.exists()
    assert JobRun.objects.get().job is None
    assert Activity.objects.get().action == "delete"


def test_several_jobs_are_deleted_one_by_one_on_record(root, make_job):
    jobs = [make_job("a"), make_job("b")]

    root.post(
        LIST,
        {
            "action": "delete_selected",
            "_selected_action": [job.pk for job in jobs],
            "post": "yes",
        },
    )

    assert not ScheduledJob.objects.exists()
    assert {each.job_name for each in Activity.objects.all()} == {"a", "b"}


@pytest.mark.parametrize("count", [1, 60])
def test_asking_whether_to_delete_costs_the_same_for_any_history(
    root, make_job, make_run, now, django_assert_max_num_queries, count
):
    job = make_job()
    for _ in range(count):
        make_run(job)

    with django_assert_max_num_queries(4) as asked:
        root.get(f"{LIST}{job.pk}/delete/")

    assert not [each for each in asked if "jobrun" in each["sql"]]
