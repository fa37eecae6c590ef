"""What the demo made up of the past: once, whole, and of one piece with the jobs."""

from __future__ import annotations

import pytest
from django.utils import timezone

from cronmgmt.models import Gap, JobRun, ScheduledJob, Status
from project.demo import history


@pytest.fixture
def past(site):
    """The past that a site has after the demo was prepared."""
    return site.manage(
        "shell", "-c", "from project.demo.history import make_history; make_history()"
    )


def test_every_screen_has_something_to_show_and_it_is_made_once(site, past):
    jobs = ScheduledJob.objects.using("site_default").in_bulk(field_name="name")
    runs = JobRun.objects.using("site_default")
    gaps = Gap.objects.using("site_default")
    there = runs.count()

    assert runs.filter(job=jobs["positions"]).count() >= 27
    assert runs.filter(status=Status.FAILED).exclude(traceback="").exists()
    assert gaps.filter(kind=Gap.Kind.MISSED, count__gte=2).exists()
    assert jobs[history.LAST_NIGHT].last_status == Status.FAILED
    assert not runs.filter(scheduled_for__gt=timezone.now()).exists()
    for name in history.USUAL:
        job = jobs[name]
        latest = runs.filter(job=job, started_at__isnull=False).order_by("-id").first()
        assert job.last_execution_id == latest.execution_id
        assert job.runs_total == runs.filter(job=job, attempt=1).count()

    site.manage(
        "shell", "-c", "from project.demo.history import make_history; make_history()"
    )
    assert runs.count() == there
