"""Runs of all jobs that match, page by page, however long the history is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from cronmgmt import queries
from cronmgmt.actors import Actor
from cronmgmt.models import JobAccess, Status
from cronmgmt.queries import RunFilter

pytestmark = pytest.mark.django_db
only_where_some_rows_can_be_indexed = pytest.mark.skipif(
    not connection.features.supports_partial_indexes, reason="indexes hold every row"
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def found(asked=None, before=None, size=50, **fields):
    return queries.find_runs(asked or RunFilter(**fields), before, size)


def test_all_runs_come_latest_first_page_by_page(make_job, make_run):
    runs = [make_run(make_job(f"job-{number}")) for number in range(5)]

    first = found(size=3)
    second = found(before=first.older, size=3)

    assert first.runs + second.runs == runs[::-1]
    assert (second.older, second.unsearched) == (None, 0)


@pytest.mark.parametrize(
    "asked",
    [
        {"states": ("failed", "lost")},
        {"job": "wanted"},
        {"origin": "api"},
        {"person": "anna"},
        {"node": "host-1"},
        {"text": "DISK full"},
        {"states": ("failed",), "person": "anna", "text": "disk"},
    ],
)
def test_each_filter_leaves_the_others_out(make_job, make_run, asked):
    wanted = make_run(
        make_job("wanted"),
        Status.FAILED,
        origin="api",
        requested_by="anna",
        worker="host-1:12:abc",
        error_message="OSError: disk full",
    )
    make_run(make_job("other"), Status.SUCCEEDED, worker="host-11:12:abc")

    assert found(RunFilter(**asked, reads_errors=True)).runs == [wanted]


def test_runs_of_a_deleted_job_are_found_by_its_name(make_job, make_run):
    job = make_job("gone")
    run = make_run(job)
    make_run(make_job("other"))
    job.delete()

    assert found(job="gone").runs == [run]


def test_each_page_of_a_deleted_job_is_bounded(few, make_job, make_run):
    job = make_job("gone")
    run = make_run(job)
    for _ in range(9):
        make_run()
    job.delete()

    first = found(job="gone")
    second = found(job="gone", before=first.older)
    third = found(job="gone", before=second.older)

    assert (first.unsearched, second.unsearched) == (4, 4)
    assert third.runs == [run]


@pytest.mark.parametrize(
    ("status", "changes"),
    [(Status.FAILED, {}), (Status.QUEUED, {"attempt": 1})],
)
def test_nobody_learns_an_error_by_searching_for_it(make_run, status, changes):
    run = make_run(status=status, reason="secret", error_message="secret", **changes)

    assert found(text="secret").runs == []
    assert found(text="secret", reads_errors=True).runs == [run]


def test_a_reason_that_everybody_may_read_is_searched_for_everybody(make_run):
    skipped = make_run(status=Status.SKIPPED, reason="Skipped: run 1 was running.")
    parked = make_run(status=Status.WAITING, reason="Waits for run 1.", attempt=1)

    assert found(text="run 1").runs == [parked, skipped]


def test_what_searches_mean_literally_is_no_pattern(make_run):
    make_run(status=Status.SKIPPED, reason="all of it", worker="host:1:a")

    assert found(text="%").runs == []
    assert found(node="h_st").runs == []


def test_the_time_asked_for_is_that_of_queueing(make_run, now):
    runs = [
        make_run(status=Status.SUCCEEDED, created_at=at, finished_at=at)
        for at in (now - 3 * DAY, now - 2 * DAY, now - DAY)
    ]

    assert found(since=now - 2 * DAY, until=now - 2 * DAY).runs == [runs[1]]
    assert found(since=now - 2 * DAY).runs == [runs[2], runs[1]]


@pytest.fixture
def few(monkeypatch):
    """Let a page look at four rows and no more."""
    monkeypatch.setattr("cronmgmt.queries.reach.SCANNED", 4)
    monkeypatch.setattr("cronmgmt.queries.reach.APART", 4)
    monkeypatch.setattr("cronmgmt.queries.reach.TELLING", 4)
    monkeypatch.setattr("cronmgmt.queries.reach.NEAR", 3)


def test_a_rare_run_is_found_without_looking_at_all_at_once(few, make_run):
    rare = make_run(status=Status.CANCELLED)
    for _ in range(6):
        make_run(status=Status.SUCCEEDED)

    first = found(states=("cancelled",))
    second = found(states=("cancelled",), before=first.older)

    assert (first.runs, first.unsearched) == ([], 4)
    assert (second.runs, second.older) == ([rare], None)


@only_where_some_rows_can_be_indexed
@pytest.mark.parametrize(
    "asked", [{"states": ("failed",)}, {"text": "disk"}, {"job": "job", "text": "disk"}]
)
def test_what_failed_or_says_something_is_found_beyond_all_that_succeeded(
    few, make_job, make_run, asked
):
    job = make_job("job")
    told = make_run(job, Status.FAILED, error_message="disk full", reason="disk full")
    for _ in range(9):
        make_run(job, Status.SUCCEEDED)

    page = found(RunFilter(**asked, reads_errors=True))

    assert (page.runs, page.older) == ([told], None)


@pytest.mark.parametrize("status", [Status.FAILED, Status.TIMED_OUT, Status.LOST])
def test_a_failure_that_says_nothing_is_a_failure_all_the_same(make_run, status):
    run = make_run(status=status, reason="", error_message="")

    assert found(states=(status,)).runs == [run]


def test_a_search_in_one_job_ends_somewhere_and_says_so(few, make_job, make_run):
    job = make_job("job")
    by_hand = make_run(job, Status.SUCCEEDED, origin="manual")
    for _ in range(4):
        make_run(job, Status.SUCCEEDED, origin="schedule")

    first = found(job="job", origin="manual")
    second = found(job="job", origin="manual", before=first.older)

    assert (first.runs, first.unsearched) == ([], 4)
    assert second.runs == [by_hand]


def test_a_time_long_ago_is_reached_at_once(few, make_run, now):
    long_ago = now - 30 * DAY
    old = make_run(status=Status.FAILED, created_at=long_ago, finished_at=long_ago)
    for hours in range(20):
        make_run(status=Status.FAILED, finished_at=now + hours * HOUR)

    page = found(states=("failed",), until=now - DAY)

    assert page.runs == [old]


def test_a_time_is_found_in_a_short_history_in_whatever_order_it_was_written(
    make_run, now
):
    recent = make_run(status=Status.SUCCEEDED)
    for days in range(9):
        at = now - (9 - days) * DAY
        make_run(status=Status.SUCCEEDED, created_at=at, finished_at=at)

    assert found(since=now - HOUR).runs == [recent]


def test_all_that_failed_lately_is_on_the_page_while_it_is_little(few, make_run, now):
    long_ago = now - 30 * DAY
    slow = make_run(status=Status.FAILED, created_at=long_ago)  # Failed just now.
    for _ in range(9):
        make_run(status=Status.SUCCEEDED, finished_at=now - 2 * DAY)

    page = found(states=("failed",), ended_since=now - DAY)

    assert (page.runs, page.older) == ([slow], None)


def test_much_that_ended_lately_is_looked_at_piece_by_piece(few, make_run, now):
    failed = make_run(status=Status.FAILED)
    for _ in range(9):
        make_run(status=Status.LOST)

    first = found(states=("failed",), ended_since=now - DAY)

    assert first.unsearched
    assert list(
        queries.find_all_runs(RunFilter(states=("failed",), ended_since=now - DAY))
    ) == [[failed]]


def test_what_waits_too_long_is_found_however_old(few, make_run, now):
    stuck = make_run(available_at=now - HOUR)
    for _ in range(9):
        make_run(status=Status.SUCCEEDED)
    make_run()

    assert found(states=("queued",), due_before=now - HOUR / 12).runs == [stuck]


@pytest.fixture
def restricted(make_user, django_user_model):
    """Somebody to whom the job ``hidden`` is not there."""

    def restrict(job):
        JobAccess.objects.create(job=job, group="others", group_key="others", may=1)
        return Actor("bob", "dashboard", make_user("bob", "view_scheduledjob"))

    return restrict


def test_what_somebody_may_not_see_is_not_found(make_job, make_run, restricted):
    hidden, seen = make_job("hidden"), make_run(make_job("seen"))
    run = make_run(hidden)
    bob = restricted(hidden)

    assert queries.find_runs(RunFilter(), actor=bob).runs == [seen]
    assert queries.find_runs(RunFilter(job="hidden"), actor=bob).runs == []
    assert queries.runs_of([run.execution_id], bob) == []
    assert queries.job_names(9, bob) == ["seen"]
    assert queries.tally(RunFilter(states=("queued",)), bob).count == 1


def test_a_restricted_person_costs_no_more(few, make_job, make_run, restricted):
    hidden = make_job("hidden")
    make_run(make_job("mine"))
    for _ in range(9):
        make_run(hidden)

    page = queries.find_runs(RunFilter(), actor=restricted(hidden))

    assert (page.runs, page.unsearched) == ([], 4)


def test_all_that_matches_comes_in_pieces(make_run):
    runs = [make_run(status=Status.FAILED) for _ in range(5)]

    pieces = list(queries.find_all_runs(RunFilter(states=("failed",)), size=2))

    assert [len(piece) for piece in pieces] == [2, 2, 1]
    assert sum(pieces, []) == runs[::-1]


# Counting what matches, and taking it batch by batch.


def counted(**fields):
    return queries.tally(RunFilter(**fields))


def test_what_matches_is_counted(make_run):
    runs = [make_run(status=Status.FAILED) for _ in range(3)]
    make_run(status=Status.SUCCEEDED)

    tally = counted(states=("failed",))

    assert (tally.count, tally.is_all) == (3, True)
    assert tally.low <= runs[0].pk and tally.high > runs[2].pk


def test_counting_ends_somewhere_and_says_so(make_run, monkeypatch):
    monkeypatch.setattr("cronmgmt.queries.search.COUNTED", 3)
    for _ in range(5):
        make_run(status=Status.FAILED)

    tally = counted(states=("failed",))

    assert (tally.count, tally.is_all) == (3, False)


def test_of_an_empty_history_nothing_is_counted():
    assert counted(states=("failed",)).count == 0


def test_batches_end_where_the_count_ended(make_run):
    runs = [make_run(status=Status.FAILED) for _ in range(5)]
    asked = RunFilter(states=("failed",))
    low, high = runs[1].pk, runs[3].pk

    first = queries.batch(asked, low, high, 2)
    second = queries.batch(asked, low, first.older - 1, 2)

    assert [first.runs, second.runs] == [[runs[3], runs[2]], [runs[1]]]
    assert second.older is None


@pytest.mark.part("0.5")
@pytest.mark.parametrize("asked", [{}, {"person": "anna"}])
def test_how_far_it_is_searched_does_not_tell_of_a_hidden_job(
    make_job, make_run, restricted, monkeypatch, asked
):
    monkeypatch.setattr("cronmgmt.queries.reach.SCANNED", 2)
    hidden = make_job("hidden")
    for _ in range(4):
        make_run(hidden)
    bob = restricted(hidden)

    answers = [
        queries.find_runs(RunFilter(job=name, **asked), actor=bob)
        for name in ("hidden", "invented")
    ]

    assert answers[0] == answers[1]
