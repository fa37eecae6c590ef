"""``backfill NAME --from --to``: what is said before, meanwhile and after."""

from __future__ import annotations

import pytest

from cronmgmt.engine.loop import work_a_slice
from cronmgmt.management.verbs import backfill
from cronmgmt.models import Activity, JobRun, ScheduledJob
from tests.naps import instead_of_sleep

pytestmark = pytest.mark.django_db

MORNING = ["--from", "2026-06-01T09:00Z", "--to", "2026-06-01T11:00Z"]


@pytest.fixture
def job(make_job):
    return make_job(handler="t:greet")


@pytest.fixture
def worker(monkeypatch):
    """Work is done while the command waits."""
    instead_of_sleep(monkeypatch, backfill, lambda _: work_a_slice("default"))


def test_a_dry_run_lists_how_many_and_which(shell, job):
    answer = shell("backfill", "job", *MORNING, "--dry-run")

    assert answer.out == (
        "job: 3 runs would be queued, from 2026-06-01T09:00:00+00:00 to "
        "2026-06-01T11:00:00+00:00\n"
    )
    assert not JobRun.objects.exists()


def test_it_queues_them_and_says_what_it_left_out(shell, job):
    shell("backfill", "job", *MORNING[:3], "2026-06-01T09:30Z")

    answer = shell("backfill", "job", *MORNING, "--reason", "the source was down")

    assert "job: 2 runs queued" in answer.out and "1 left out: under way" in answer.out
    assert JobRun.objects.count() == 3
    assert "the source was down" in Activity.objects.latest("id").reason


def test_a_date_means_the_whole_of_that_day(shell, make_job, clock):
    make_job(handler="t:greet", timezone="Europe/Amsterdam")
    days = ["--from", "2026-05-30", "--to", "2026-05-30"]

    told = shell("backfill", "job", *days, "--dry-run", "--json").json

    assert (told["count"], told["dryRun"]) == (24, True)
    assert told["first"] == "2026-05-29T22:00:00+00:00"  # Midnight in Amsterdam.
    assert told["last"] == "2026-05-30T21:00:00+00:00"


def test_it_waits_until_all_has_ended(shell, job, worker):
    answer = shell("backfill", "job", *MORNING, "--wait", "--json")

    assert (answer.status, answer.json["ended"]) == (0, {"succeeded": 3})
    assert len(answer.json["executionIds"]) == 3


def test_it_fails_with_the_runs_that_it_waited_for(shell, job, worker):
    ScheduledJob.objects.update(handler="t:fail")

    answer = shell("backfill", "job", *MORNING, "--wait")

    assert answer.status == 1
    assert "job: 3 failed." in answer.err


def test_its_pace_and_parameters_can_be_chosen(shell, job):
    shell(
        *["backfill", "job", *MORNING, "--per-minute", 6, "--set", "name=Anna"],
        *["--at-a-time", 3],
    )

    runs = JobRun.objects.order_by("pk")
    assert [run.params for run in runs] == [{"name": "Anna"}] * 3
    assert (runs[2].available_at - runs[0].available_at).seconds == 20


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["nobody", *MORNING], "There is no job 'nobody'"),
        (["job", *MORNING, "--at-a-time", "0"], "1 to 100 occurrences at a time"),
        (["job", *MORNING, "--set", "nmae=x"], "parameter 'nmae' of t:greet"),
        (["job", "--from", "2026-06-02", "--to", "2026-06-01"], "beginning before"),
    ],
)
def test_what_it_cannot_do_it_says(shell, job, words, complaint):
    answer = shell("backfill", *words)

    assert answer.status == 1
    assert complaint in answer.err
    assert not JobRun.objects.exists()
