"""A job that goes over targets, as a program meets it."""

from __future__ import annotations

import pytest

from cronmgmt import registry
from cronmgmt.models import JobRun, ScheduledJob, Status
from cronmgmt.testing import run_handler

pytestmark = pytest.mark.part("3.2", "3.3")


@pytest.fixture(autouse=True)
def job(monkeypatch):
    """A job that fails for the second of its targets."""

    def handler(run):
        run.items_processed = 3
        if run.target == "south":
            raise ValueError("no disk")

    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))
    registry.handler("t:over", targets=["north", "south"])(handler)
    job = ScheduledJob(name="over", handler="t:over", schedule_kind="manual")
    job.save()
    return job


def test_a_run_tells_how_it_went_for_each(alice, bob, job):
    run = run_handler("t:over", job=job)

    told = alice("GET", f"runs/{run.execution_id}").json()
    hidden = bob("GET", f"runs/{run.execution_id}").json()["targets"][1]["error"]

    north, south = told["targets"]
    assert (told["status"], told["target"]) == ("failed", None)
    assert (north["target"], north["status"], north["error"]) == (
        "north",
        "succeeded",
        None,
    )
    assert (south["status"], south["error"]) == ("failed", "no disk")
    assert (south["itemsProcessed"], south["attempt"]) == (3, 1)
    assert hidden == "Failed. You may not read error messages."


def test_one_target_is_triggered(alice):
    made = alice("POST", "jobs/over/trigger", {"target": "north"})

    run = JobRun.objects.get()
    assert (made.status_code, run.target, run.status) == (202, "north", Status.QUEUED)
    assert alice("GET", "runs").json()["runs"][0]["target"] == "north"


def test_a_target_that_there_is_not_is_refused(alice):
    refused = alice("POST", "jobs/over/trigger", {"target": "nort"})

    assert refused.status_code == 409
    assert refused.json()["detail"] == (
        "over has no target 'nort'; it has north, south. Did you mean north?"
    )
