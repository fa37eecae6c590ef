"""Deleting jobs in the admin."""

from __future__ import annotations

import pytest

from cronmgmt import registry
from cronmgmt.engine.declaring import apply_declarations
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


@pytest.fixture
def declared(monkeypatch):
    """A job that the code declares."""
    monkeypatch.setattr(registry, "_declarations", {})
    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))

    @registry.job("declared", cron="0 1 * * *")
    def handler(run):
        pass

    apply_declarations()
    return ScheduledJob.objects.get(name="declared")


def test_what_the_code_declares_is_not_deleted_and_says_why(root, declared, make_job):
    other = make_job("other")
    asked = root.get(f"{LIST}{declared.pk}/delete/")
    root.post(f"{LIST}{declared.pk}/delete/", {"post": "yes"})
    chosen = [declared.pk, other.pk]

    root.post(
        LIST,
        {"action": "delete_selected", "_selected_action": chosen, "post": "yes"},
    )

    assert "it would return with the next deploy" in asked.content.decode()
    assert ScheduledJob.objects.count() == 2
    refused = Activity.objects.filter(action="delete", allowed=False)
    assert [each.job_name for each in refused] == ["declared", "declared"]
