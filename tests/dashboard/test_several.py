"""Some runs, or all that match, are run again or cancelled."""

from __future__ import annotations

import pytest

from cronmgmt.models import Activity, JobRun, Origin, Status
from tests.dashboard.conftest import NASTY

SEVERAL = "/cron/runs/several"


@pytest.fixture(autouse=True)
def _nobody_is_rung_for(bell):
    pass


@pytest.fixture
def failed(make_job, make_run):
    """Three failed runs of as many jobs."""
    return [make_run(make_job(f"job-{number}"), Status.FAILED) for number in range(3)]


def post(client, verb, runs, **more):
    keys = [str(run.execution_id) for run in runs]
    return client.post(SEVERAL, {"verb": verb, "run": keys, **more})


def reruns():
    return JobRun.objects.filter(origin=Origin.RERUN)


@pytest.mark.part("1.7")
def test_the_ticked_ones_are_run_again_and_refusals_are_told(alice, failed, make_run):
    busy = make_run(failed[0].job, Status.FAILED)

    answer = post(alice, "rerun", [*failed, busy], reason="the disk is new")

    page = answer.content.decode()
    assert reruns().count() == 3
    assert "3 runs are queued again. 1 was refused." in page
    assert "runs of this job do not overlap" in page
    assert Activity.objects.filter(reason="the disk is new").count() == 3


def test_the_ticked_ones_are_cancelled(alice, make_job, make_run):
    waiting = make_run(make_job(), Status.QUEUED)

    answer = post(alice, "cancel", [waiting])

    waiting.refresh_from_db()
    assert waiting.status == Status.CANCELLED
    assert "1 run is cancelled or being stopped." in answer.content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"verb": "rerun"},
        {"verb": "delete", "run": "x"},
        {"verb": "rerun", "run": "x"},
    ],
)
def test_what_names_no_verb_or_no_run_is_refused(alice, data):
    assert alice.post(SEVERAL, data).status_code == 400


def test_too_many_at_once_are_refused(alice, failed):
    assert post(alice, "rerun", failed * 34).status_code == 400
    assert not reruns().exists()


def test_who_may_not_is_refused_one_by_one(bob, failed):
    answer = post(bob, "rerun", failed)

    assert "3 were refused." in answer.content.decode()
    assert not reruns().exists()
    assert Activity.objects.filter(allowed=False).count() == 3


def test_nothing_is_done_by_get_or_for_an_outsider(alice, charlie, failed):
    assert alice.get(SEVERAL).status_code == 405
    assert post(charlie, "rerun", failed).status_code == 403
    assert not reruns().exists()


def test_refusals_stay_text(alice, make_job, make_run):
    run = make_run(make_job(), Status.FAILED)
    run.job.set_aside_reason = NASTY
    run.job.write("set_aside_reason")

    page = post(alice, "rerun", [run]).content.decode()

    assert "is set aside" in page
    assert "<script>alert" not in page


# All that match.

ALL = "/cron/runs/all"


def go_on(client, address, page):
    """Press the button of a page about all that match."""
    hidden = page.context["left"] if "left" in page.context else page.context["tally"]
    low, high = (
        (hidden["low"], hidden["high"])
        if isinstance(hidden, dict)
        else (hidden.low, hidden.high)
    )
    counts = {name: page.context.get(name, 0) for name in ("done", "refused")}
    return client.post(address, {"low": low, "high": high, **counts})


def test_first_is_said_how_many_match(alice, failed):
    page = alice.get(f"{ALL}/rerun?state=failed")

    assert "<strong>3 runs</strong> match" in page.content.decode()
    assert not reruns().exists()


def test_all_that_match_are_run_again_batch_by_batch(alice, failed, monkeypatch):
    monkeypatch.setattr("cronmgmt.dashboard.several.MOST", 2)
    address = f"{ALL}/rerun?state=failed"

    first = go_on(alice, address, alice.get(address))
    second = go_on(alice, address, first)

    assert "Go on with the next batch" in first.content.decode()
    assert "3 runs are queued again." in second.content.decode()
    assert "Go on" not in second.content.decode()
    assert {run.rerun_of for run in reruns()} == {run.execution_id for run in failed}


def test_runs_that_came_after_the_question_are_left_alone(
    alice, failed, make_job, make_run
):
    address = f"{ALL}/rerun?state=failed"
    asked = alice.get(address)
    late = make_run(make_job("late"), Status.FAILED)

    go_on(alice, address, asked)

    assert late.execution_id not in {run.rerun_of for run in reruns()}


def test_all_that_wait_are_cancelled(alice, make_job, make_run):
    waiting = [make_run(make_job(f"w{n}"), Status.QUEUED) for n in range(2)]
    other = make_run(make_job("other"), Status.QUEUED, requested_by="anna")
    address = f"{ALL}/cancel?person=anna"

    go_on(alice, address, alice.get(address))

    assert [JobRun.objects.get(pk=run.pk).status for run in [*waiting, other]] == [
        "queued",
        "queued",
        "cancelled",
    ]


@pytest.mark.parametrize(
    "query",
    ["rerun", "rerun?state=broken", "rerun?state=queued", "cancel?state=failed"],
)
def test_nothing_in_particular_is_not_all(alice, failed, query):
    assert alice.get(f"{ALL}/{query}").status_code == 400


def test_that_nothing_matches_is_said(alice, make_job):
    page = alice.get(f"{ALL}/rerun?state=failed").content.decode()

    assert "No run matches." in page


def test_all_is_for_who_may(bob, charlie, failed):
    for client in (bob, charlie):
        assert client.get(f"{ALL}/rerun?state=failed").status_code == 403
        assert client.post(f"{ALL}/rerun?state=failed").status_code == 403
    assert not reruns().exists()


@pytest.mark.parametrize("data", [{}, {"low": "x", "high": "9"}])
def test_a_batch_without_its_ends_is_refused(alice, failed, data):
    assert alice.post(f"{ALL}/rerun?state=failed", data).status_code == 400
