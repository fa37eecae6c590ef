"""Lists ask as much of the database with thousands of jobs as with a handful."""

from __future__ import annotations

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cronmgmt.models import JobRun, ScheduledJob, Status, database
from tests.dashboard.conftest import OPERATE

MOST = 12
PAGES = (
    "/cron/",
    "/cron/?show=attention",
    "/cron/?state=running",
    "/cron/?q=job&tag=money&sort=-last",
    "/cron/jobs/job-0",
    "/cron/runs",
    "/cron/runs?job=job-0&state=failed",
    "/cron/activity",
    "/cron/upcoming",
    "/cron/system",
    "/api/jobs/status",
)


@pytest.fixture
def manager(logged_in):
    """Somebody for whom the pages have everything that they can have."""
    rights = ("view_activity", "view_node", "change_scheduledjob")
    return logged_in("manager", *OPERATE, *rights)


def fill_up_to(count):
    """See to it that there are so many jobs, each with a run that is under way."""
    there = ScheduledJob.objects.count()
    model = ScheduledJob.objects.first() or _first()
    now = timezone.now()
    # Some run, some are stuck, some have failed: what asks for attention, and more.
    columns = {each.attname: getattr(model, each.attname) for each in _columns()}
    jobs = ScheduledJob.objects.bulk_create(
        ScheduledJob(**{**columns, "name": f"job-{number}", "last_failure_at": now})
        for number in range(max(there, 1), count)
    )
    JobRun.objects.bulk_create(
        JobRun(
            job=job,
            job_name=job.name,
            handler=job.handler,
            origin="schedule",
            status=Status.RUNNING,
            available_at=now,
            created_at=now,
            started_at=now,
        )
        for job in ([] if there else [model]) + jobs
    )


def _first():
    job = ScheduledJob(
        name="job-0",
        handler="elsewhere",
        schedule_expression="15 7 * * *",
        tags=["money"],
    )
    job.save()
    return job


def _columns():
    return [each for each in ScheduledJob._meta.concrete_fields if not each.primary_key]


def test_a_list_costs_the_same_with_few_and_many_jobs(manager):
    costs = {}
    for count in (5, 500, 5_000):
        fill_up_to(count)
        for page in PAGES:
            with CaptureQueriesContext(connections[database()]) as asked:
                assert manager.get(page).status_code == 200
            costs.setdefault(page, []).append(len(asked))

    uneven = {page: cost for page, cost in costs.items() if len(set(cost)) > 1}
    assert uneven == {}
    assert {page: cost for page, cost in costs.items() if cost[0] > MOST} == {}
