"""A job's past is run by real workers while its present goes on."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.scenarios.test_locks import most_inside

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]

JOBS = {"alone-every-4s": 20, "alone-every-second": 10}
"""So many occurrences are to be run, at least."""


@pytest.mark.parametrize("job", JOBS)
def test_the_past_and_the_present_of_a_job_that_skips_never_meet(site, job):
    site.apps = ["tests.scenarios.site.backfilled"]
    site.node()
    now = datetime.now(UTC)
    length = 80 if job == "alone-every-4s" else 12
    first, last = (now - timedelta(seconds=age) for age in (160 + length, 160))
    stretch = ["--from", first.isoformat(), "--to", last.isoformat()]

    done = site.call("cronmgmt", "backfill", job, *stretch, "--wait", "--json")
    again = site.call("cronmgmt", "backfill", job, *stretch, "--dry-run", "--json")

    assert done.returncode == 0, done.stderr
    count = json.loads(done.stdout)["count"]
    assert count >= JOBS[job]
    assert json.loads(done.stdout)["ended"] == {"succeeded": count}
    assert json.loads(again.stdout)["succeeded"] == count
    past = site.runs(job_name=job, origin="backfill")
    assert len({run.intended_for for run in past}) == count == past.count()
    present = site.runs(job_name=job, origin="schedule", status="succeeded")
    assert present.exists()
    assert most_inside(site.notes(job=job)) == 1
