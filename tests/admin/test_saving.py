"""An edit writes what a person changed, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from cronmgmt.admin import saving
from cronmgmt.engine.actions import CODE
from cronmgmt.models import ScheduledJob


def test_what_the_engine_wrote_meanwhile_stays(make_job, now):
    stale = make_job()
    later = now + timedelta(days=5)
    ScheduledJob.objects.update(next_run_at=later, runs_total=7, last_status="failed")

    saving.edit(stale, {"title": "New"}, CODE)

    job = ScheduledJob.objects.get()
    assert (job.title, job.runs_total, job.last_status) == ("New", 7, "failed")
    assert job.next_run_at == later
    assert stale.runs_total == 7
