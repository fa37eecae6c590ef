"""``--json``: the same in a form that programs read."""

from __future__ import annotations

import pytest

from cronmgmt.models import JobRun, ScheduledJob, Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(make_job):
    return make_job(handler="t:greet")


def test_trigger_names_the_run(shell, job):
    told = shell("trigger", "job", "--json").json

    run = JobRun.objects.get()
    assert told == {
        "jobName": "job",
        "executionId": str(run.execution_id),
        "status": "queued",
    }


def test_cancel_says_where_the_run_stands(shell, job, make_run):
    run = make_run(job)

    told = shell("cancel", run.execution_id, "--json").json

    assert told["status"] == "cancelled"


def test_retry_queues_a_new_run(shell, job, make_run):
    old = make_run(job, Status.FAILED, params={"name": "Anna"})

    told = shell("retry", old.execution_id, "--reason", "it is back", "--json").json

    run = JobRun.objects.get(execution_id=told["executionId"])
    assert (run.rerun_of, run.params) == (old.execution_id, {"name": "Anna"})


def test_disable_and_enable_name_the_state(shell, job):
    off = shell("disable", "job", "--until", "2099-01-01T00:00Z", "--json").json
    on = shell("enable", "job", "--json").json

    assert (off["state"], off["until"]) == ("off", "2099-01-01T00:00:00+00:00")
    assert (on["state"], on["nextRun"][10]) == ("on", "T")


def test_disable_and_enable_everything(shell):
    assert shell("disable", "--all", "--json").json["state"] == "off"
    assert shell("enable", "--all", "--json").json == {"tag": None, "state": "on"}


def test_prune_counts(shell):
    assert shell("prune", "--json").json["deleted"] == 0


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ([], ["job", "night"]),
        (["NIG"], ["night"]),
        (["night", "job"], []),
        (["--tag", "slow"], ["night"]),
        (["--owner", "data"], ["night"]),
        (["--queue", "default", "--handler", "t:greet"], ["job"]),
        (["--state", "off"], ["night"]),
        (["--state", "retired"], ["gone"]),
        (["--retired"], ["gone", "job", "night"]),
        (["--status", "error"], ["night"]),
        (["--status", "idle"], ["job"]),
    ],
)
def test_list_shows_what_is_asked_for(shell, job, make_job, words, names):
    make_job("night", tags=["slow"], owner="data", enabled=False)
    make_job("gone", retired_at=job.created_at)
    ScheduledJob.objects.filter(name="night").update(last_error="boom")

    told = shell("list", *words, "--json").json

    assert [each["name"] for each in told["jobs"]] == names


def test_status_says_what_is_wrong(shell):
    (trouble,) = shell("status", "--json").json["troubles"]

    assert trouble.startswith("No node was seen")
