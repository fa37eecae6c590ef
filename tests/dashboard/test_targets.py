"""A job that goes over targets, on the pages."""

from __future__ import annotations

import re

import pytest

from cronmgmt import registry
from cronmgmt.dashboard import targetlines
from cronmgmt.models import JobRun, Status, TargetResult
from cronmgmt.queries import targets

pytestmark = pytest.mark.part("3.2")


@pytest.fixture(autouse=True)
def _handler(monkeypatch):
    """What goes over two targets, or over what cannot be had."""

    def broken():
        raise OSError

    def handler(run):
        """Do nothing."""

    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))
    registry.handler("t:over", targets=["north", "south"])(handler)
    registry.handler("t:broken", targets=broken)(handler)


@pytest.fixture
def job(make_job):
    return make_job(handler="t:over")


@pytest.fixture
def make_result(now):
    """Keep how a run went for a target."""

    def make(run, target, status=Status.SUCCEEDED, **fields):
        usual = {"attempt": 1, "started_at": now, "duration": 90.0, "items": 7}
        return TargetResult.objects.create(
            run=run, target=target, status=status, **{**usual, **fields}
        )

    return make


def rows(page):
    """Return the words of each row that has a header, cell by cell."""
    found = re.findall(r'<th role="rowheader".*?</tr>', page.content.decode(), re.S)
    cells = (re.split(r"</t[hd]>", re.sub(r"<svg.*?</svg>", "", row)) for row in found)
    return [
        [re.sub(r"<[^>]*>", " ", cell).strip() for cell in row][:-1] for row in cells
    ]


def test_a_runs_page_tells_how_it_went_for_each(alice, bob, job, make_run, make_result):
    run = make_run(job, Status.FAILED)
    make_result(run, "north")
    make_result(run, "south", Status.FAILED, error_message="no disk", items=None)

    seen, told = alice.get(f"/cron/runs/{run.execution_id}"), "1 min 30 s"
    page = bob.get(f"/cron/runs/{run.execution_id}").content.decode()

    assert [" ".join(each).split() for each in rows(seen)] == [
        f"south no disk failed 1 – {told}".split(),
        f"north succeeded 1 7 {told}".split(),
    ]
    assert "no disk" not in page
    assert "You may not read error messages." in page


def test_a_jobs_page_tells_how_the_latest_runs_went(alice, job, make_run, make_result):
    for status in (Status.FAILED, Status.SUCCEEDED):
        run = make_run(job, status)
        make_result(run, "north")
        make_result(run, "south", status)

    page = alice.get("/cron/jobs/members")

    assert ["north", "succeeded", "1 min 30 s", "2 of 2"] in rows(page)
    assert ["south", "succeeded", "1 min 30 s", "1 of 2"] in rows(page)


def test_of_many_results_the_latest_are_read(job, make_run, make_result, monkeypatch):
    for status in (Status.FAILED, Status.SUCCEEDED):
        make_result(make_run(job, status), "north", status)
    monkeypatch.setattr(targets, "ROWS", 1)

    (record,) = targets.target_records_of(job)

    assert (record.latest.status, record.runs) == (Status.SUCCEEDED, 1)


def test_a_page_shows_so_many_and_those_that_failed_first(
    alice, job, make_run, make_result, monkeypatch
):
    monkeypatch.setattr(targetlines, "SHOWN", 1)
    run = make_run(job, Status.FAILED)
    make_result(run, "north")
    make_result(run, "south", Status.FAILED)

    page = alice.get(f"/cron/runs/{run.execution_id}")

    assert [row[0] for row in rows(page)] == ["south"]
    assert "And 1 more." in page.content.decode()


@pytest.mark.part("3.3")
def test_the_form_offers_the_targets(alice, job):
    offered = alice.get("/cron/jobs/members/trigger").content.decode()

    alice.post("/cron/jobs/members/trigger", {"target": "south", "reason": ""})

    assert re.findall('<option value="(.*?)"', offered) == ["", "north", "south"]
    run = JobRun.objects.get()
    assert run.target == "south"
    page = alice.get(f"/cron/runs/{run.execution_id}").content.decode()
    assert "<dt>Target</dt><dd>south</dd>" in page


def test_a_target_that_there_is_not_is_marked(alice, job):
    answer = alice.post("/cron/jobs/members/trigger", {"target": "east"})

    assert (answer.status_code, JobRun.objects.count()) == (400, 0)


def test_where_the_list_cannot_be_had_there_is_no_choice(alice, make_job):
    make_job(handler="t:broken")

    page = alice.get("/cron/jobs/members/trigger")

    assert page.status_code == 200
    assert 'name="target"' not in page.content.decode()


@pytest.mark.parametrize(
    ("target", "status", "made"), [("north", 202, 1), ("east", 409, 0), (7, 400, 0)]
)
def test_a_script_triggers_one_target(alice, job, target, status, made):
    answer = alice.post(
        "/cron/trigger/members",
        {"target": target},
        content_type="application/json",
        headers={"accept": "application/json"},
    )

    assert (answer.status_code, JobRun.objects.count()) == (status, made)
