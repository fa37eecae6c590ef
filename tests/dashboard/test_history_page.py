"""The page of the runs of all jobs: filters, paging, export."""

from __future__ import annotations

import csv
import json
from datetime import timedelta

import pytest

from cronmgmt.models import JobAccess, Status
from tests.dashboard.conftest import NASTY

RUNS = "/cron/runs"
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def text_of(response):
    return response.content.decode()


def listed(client, query=""):
    """Return the numbers of the runs that are on the page, as they stand there."""
    response = client.get(f"{RUNS}?{query}")
    assert response.status_code == 200
    return [row.run.pk for row in response.context["rows"]]


@pytest.mark.part("1.7")
def test_what_waits_over_five_minutes_is_stuck(bob, make_job, make_run, now):
    stuck = make_run(make_job("a"), Status.QUEUED, available_at=now - 5 * MINUTE)
    make_run(make_job("b"), Status.QUEUED, available_at=now - 4 * MINUTE)
    make_run(make_job("c"), Status.RUNNING, available_at=now - 9 * MINUTE)

    assert listed(bob, "show=stuck") == [stuck.pk]


@pytest.mark.part("1.7")
def test_what_failed_in_the_last_24_hours_is_listed(bob, make_job, make_run, now):
    job = make_job()
    make_run(job, Status.FAILED, finished_at=now - DAY - MINUTE)
    lately = [make_run(job, status).pk for status in ("failed", "timed_out", "lost")]
    make_run(job, Status.SUCCEEDED)

    assert listed(bob, "show=failed") == lately[::-1]


def test_filters_stay_in_the_address(bob, make_job, make_run):
    make_run(make_job("members"), Status.FAILED, requested_by="anna")
    make_run(make_job("other"), Status.FAILED)

    page = bob.get(f"{RUNS}?job=members&state=failures&person=anna")

    assert len(page.context["rows"]) == 1
    assert "?show=stuck&amp;job=members&amp;person=anna" in text_of(page)
    assert 'value="anna"' in text_of(page)


def test_times_are_those_of_the_viewer(bob, make_job, make_run, now):
    run = make_run(make_job())

    assert listed(bob, "since=2026-06-01T14:00&until=2026-06-01T14:00") == [run.pk]
    assert listed(bob, "since=2026-06-01T14:01") == []


@pytest.mark.parametrize(
    "query",
    ["state=broken", "since=yesterday", "show=all", "text=%00", "job=" + 200 * "x"],
)
def test_what_cannot_be_looked_for_is_marked_and_kept(bob, make_job, make_run, query):
    make_run(make_job())

    page = bob.get(f"{RUNS}?{query}")

    assert page.status_code == 400
    assert "correct what is marked" in text_of(page)
    assert not page.context["rows"]


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30])
def test_a_place_that_cannot_be_is_refused(bob, before):
    assert bob.get(f"{RUNS}?before={before}").status_code == 400


def test_pages_follow_one_another_without_counting(
    bob, make_job, make_run, django_assert_max_num_queries
):
    job = make_job()
    runs = [make_run(job).pk for _ in range(60)]

    with django_assert_max_num_queries(12) as asked:
        first = bob.get(RUNS)
    second = bob.get(f"{RUNS}{first.context['older']}")

    shown = first.context["rows"] + second.context["rows"]
    assert [row.run.pk for row in shown] == runs[::-1]
    assert second.context["older"] == ""
    assert not [each for each in asked if "COUNT(*)" in each["sql"]]


@pytest.mark.parametrize(
    "query", ["", "state=failed", "show=stuck", "show=failed", "text=a&job=job-1"]
)
def test_the_page_costs_the_same_with_few_and_many_runs(
    alice, make_job, make_run, django_assert_max_num_queries, query
):
    for number in range(30):
        make_run(make_job(f"job-{number}"), Status.FAILED, requested_by="anna")

    with django_assert_max_num_queries(12):
        alice.get(f"{RUNS}?{query}")


def test_an_error_is_found_only_by_who_may_read_it(alice, bob, make_job, make_run):
    run = make_run(make_job(), Status.FAILED, reason="secret", error_message="secret")

    assert listed(alice, "text=secret") == [run.pk]
    assert listed(bob, "text=secret") == []
    assert "secret" not in text_of(bob.get(RUNS))


@pytest.mark.parametrize("path", [RUNS, "/cron/jobs/members"])
def test_who_looks_again_is_told_that_nothing_changed(
    bob, make_job, make_run, now, path
):
    job = make_job(next_run_at=now + DAY)
    make_run(job, started_at=now, duration=3)
    tag = bob.get(f"{path}?live=1")["ETag"]

    again = bob.get(f"{path}?live=1", headers={"If-None-Match": tag})
    make_run(job)
    changed = bob.get(f"{path}?live=1", headers={"If-None-Match": tag})

    assert (again.status_code, changed.status_code) == (304, 200)


def test_an_outsider_sees_no_runs(charlie, make_job, make_run):
    make_run(make_job())

    for path in (RUNS, f"{RUNS}.csv", f"{RUNS}.json"):
        assert charlie.get(path).status_code == 403


def test_runs_of_a_restricted_job_are_not_there(bob, make_job, make_run):
    hidden, seen = make_job("invisible"), make_job("seen")
    JobAccess.objects.create(job=hidden, group="others")
    make_run(hidden)
    run = make_run(seen)

    assert listed(bob) == [run.pk]
    assert "invisible" not in text_of(bob.get(RUNS))
    assert b"invisible" not in b"".join(bob.get(f"{RUNS}.csv"))


def test_text_stays_text(alice, make_job, make_run):
    make_run(
        make_job(title=NASTY),
        Status.FAILED,
        reason=NASTY,
        requested_by=NASTY,
        worker=f"{NASTY}:1:a",
    )

    page = text_of(alice.get(f"{RUNS}?text=<script>&person=%3Cscript%3E"))

    assert "<script>alert" not in text_of(alice.get(RUNS))
    assert 'value="<script>' not in page and 'value="&lt;script&gt;"' in page


def test_an_empty_history_says_so(bob):
    assert "Nothing has run yet." in text_of(bob.get(RUNS))
    assert "No run matches." in text_of(bob.get(f"{RUNS}?state=failed"))


def test_looking_on_is_offered_where_not_all_was_looked_at(
    bob, make_job, make_run, monkeypatch
):
    monkeypatch.setattr("cronmgmt.queries.reach.SCANNED", 3)
    job = make_job()
    rare = make_run(job, Status.CANCELLED)
    for _ in range(5):
        make_run(job)

    first = bob.get(f"{RUNS}?state=cancelled")
    second = bob.get(f"{RUNS}{first.context['older']}")

    assert "up to 3 runs were looked at; older ones may match" in text_of(first)
    assert [row.run for row in second.context["rows"]] == [rare]


# Export.


def exported(client, kind, query=""):
    return b"".join(client.get(f"{RUNS}.{kind}?{query}")).decode()


def test_what_is_filtered_is_exported(alice, make_job, make_run):
    run = make_run(make_job(), Status.FAILED, reason="no rows", duration=1.5)
    make_run(make_job("other"))

    [row] = csv.DictReader(exported(alice, "csv", "state=failed").splitlines())
    [fact] = json.loads(exported(alice, "json", "state=failed"))["runs"]

    assert (row["executionId"], row["reason"]) == (str(run.execution_id), "no rows")
    assert (fact["status"], fact["duration"]) == ("failed", 1.5)


def test_an_export_has_no_formulas_and_no_errors_for_those_who_may_not(
    alice, bob, make_job, make_run
):
    make_run(make_job(), Status.FAILED, reason="=cmd|secret", requested_by="=1+1")

    assert '"\'=cmd|secret"' in exported(alice, "csv")
    assert '"\'=1+1"' in exported(bob, "csv")
    assert "secret" not in exported(bob, "csv") + exported(bob, "json")


def test_an_export_of_what_cannot_be_is_refused(bob):
    assert bob.get(f"{RUNS}.csv?state=broken").status_code == 400
