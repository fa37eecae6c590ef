"""What the pages cost: at most twelve queries, with the database's own clock."""

from __future__ import annotations

import pytest
from django.utils import timezone

from cronmgmt.models import (
    JobRun,
    RunAttempt,
    RunLog,
    ScheduledJob,
    Status,
    TargetResult,
)
from tests.dashboard.conftest import OPERATE

MOST = 12


@pytest.fixture
def auditor(logged_in):
    """Somebody for whom the pages have everything that they can have."""
    rights = ("view_activity", "view_jobrun", "change_scheduledjob")
    return logged_in("auditor", *OPERATE, *rights)


@pytest.fixture
def history():
    """Make so many runs of a job; return the last one, which is running."""

    def make(count):
        now = timezone.now()
        job = ScheduledJob(
            name="members", handler="elsewhere", schedule_expression="15 7 * * *"
        )
        job.save()
        run = JobRun(
            job=job,
            job_name=job.name,
            handler=job.handler,
            origin="manual",
            available_at=now,
            created_at=now,
            started_at=now,
        )
        for status in [Status.FAILED] * count + [Status.RUNNING]:
            run.pk, run.status, run.execution_id = None, status, JobRun().execution_id
            run.finished_at = None if status == Status.RUNNING else now
            run.save()
            attempt = {"number": 1, "outcome": "failed", "finished_at": now}
            RunAttempt.objects.create(run=run, **attempt)
            result = {"target": "a", "status": status, "started_at": now}
            TargetResult.objects.create(run=run, attempt=1, duration=1, **result)
            RunLog.objects.create(run=run, attempt=1, at=now, text="line")
        return run

    return make


@pytest.fixture(autouse=True)
def _long_history(monkeypatch):
    """Let a history be long when it has more than ten runs."""
    monkeypatch.setattr("cronmgmt.queries.reach.SCANNED", 10)


@pytest.mark.parametrize("count", [0, 60])
@pytest.mark.parametrize(
    "path",
    [
        "/cron/jobs/members",
        "/cron/runs/{run}",
        "/cron/runs",
        "/cron/runs?show=failed",
        "/cron/runs?job=members&state=failed&text=a&since=2026-01-01T00:00",
        "/cron/runs?text=a&since=2026-01-01T00:00&until=2099-01-01T00:00",
        "/cron/runs?job=members&text=a&since=2026-01-01T00:00&until=2099-01-01T00:00",
    ],
)
def test_a_page_costs_the_same_with_few_and_many_runs(
    auditor, history, django_assert_max_num_queries, path, count
):
    run = history(count)

    with django_assert_max_num_queries(MOST):
        page = auditor.get(path.format(run=run.execution_id))

    assert page.status_code == 200
