"""What a handler is given: the run, to read and to report to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from cronmgmt.engine.context import Run
from cronmgmt.engine.output import Output
from cronmgmt.errors import LeaseLost, Retry
from cronmgmt.models import JobRun, ProcessedItem, Status

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def context(make_run):
    """The context of a running run."""

    def make(**changes):
        row = make_run(status=Status.RUNNING, **changes)
        return Run(row, Output())

    return make


def test_it_says_which_run_this_is_and_what_it_is_for(context, now):
    run = context(
        job_name="members", scheduled_for=now, intended_for=now, origin="schedule"
    )

    row = JobRun.objects.get()
    assert (run.job_name, run.attempt, run.origin) == ("members", 1, "schedule")
    assert run.scheduled_for == run.intended_for == now
    assert run.execution_id == row.execution_id
    assert "members" in repr(run)


def test_a_run_made_by_hand_was_scheduled_for_nothing(context, now):
    run = context(intended_for=now - HOUR)

    assert (run.scheduled_for, run.intended_for) == (None, now - HOUR)


@pytest.mark.part("4.1")
def test_it_carries_the_fencing_token_of_its_claim(context):
    assert context(claims=2).fencing_token == JobRun.objects.get().fencing_token


# Progress.


def test_progress_is_how_many_items_were_done(context):
    run = context()

    run.progress(3, 10)

    assert run.report() == {
        "progress_done": 3,
        "progress_total": 10,
        "items_processed": 3,
    }


def test_the_rate_is_items_a_second_since_the_attempt_began(context):
    run = context()
    assert run.rate is None

    run.progress(30)
    run._began -= 10

    assert 2.5 < run.rate <= 3.0


def test_a_handler_may_count_its_items_otherwise(context):
    run = context()

    run.progress(50, 100)
    run.items_processed = 7

    assert run.report()["items_processed"] == 7


def test_without_any_report_nothing_is_known(context):
    assert set(context().report().values()) == {None}


@pytest.mark.parametrize(
    ("value", "kept"),
    [(2.9, 2), ("7", 7), (10**30, 2**63 - 1), ("many", None), (object(), None)],
)
def test_what_is_no_count_does_not_break_the_record(perform, value, kept):
    def handler(run):
        run.items_processed = value

    run = perform(handler)

    assert (run.status, run.items_processed) == (Status.SUCCEEDED, kept)


# Log.


def test_a_handler_may_log_a_line(context):
    run = context()

    run.log("3 rows")
    run.log({"odd": 1})

    assert run._output.take() == "3 rows\n{'odd': 1}\n"


# Checkpoint.


def test_a_checkpoint_is_read_back(context):
    run = context()
    assert run.checkpoint() is None

    assert run.checkpoint({"page": 3}) == {"page": 3}

    assert run.checkpoint() == JobRun.objects.get().checkpoint == {"page": 3}


def test_the_next_attempt_goes_on_from_the_last_checkpoint(perform):
    seen = []

    def handler(run):
        seen.append(run.checkpoint())
        run.checkpoint(run.attempt * 10)
        raise Retry(after=timedelta())

    perform(handler, max_attempts=2)

    assert seen == [None, 10]


@pytest.mark.part("4.1")
def test_an_owner_that_was_replaced_saves_no_checkpoint(context):
    run = context(checkpoint="before")
    JobRun.objects.update(claim_token="another")

    with pytest.raises(LeaseLost):
        run.checkpoint("after")

    assert JobRun.objects.get().checkpoint == "before"


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes"])
def test_a_checkpoint_is_json(context, value):
    with pytest.raises(TypeError):
        context().checkpoint(value)


def test_a_checkpoint_goes_with_the_transaction_around_it(context):
    run = context()

    with pytest.raises(RuntimeError), transaction.atomic():
        run.checkpoint("half done")
        raise RuntimeError

    assert JobRun.objects.get().checkpoint is None


# Once.


def test_an_item_is_done_once_by_one_handler(context):
    first, again, other = context(), context(), context(handler="t:other")

    assert first.once("order 7")
    assert not again.once("order 7")
    assert again.once("order 8")
    assert other.once("order 7")


def test_keys_that_a_collation_makes_equal_are_two_items(context):
    run = context()

    assert [run.once(key) for key in ("A", "a", "a ", "á")] == [True] * 4


def test_what_was_rolled_back_was_not_done(context):
    run = context()

    with pytest.raises(RuntimeError), transaction.atomic():
        run.once("order 7")
        raise RuntimeError

    assert run.once("order 7")


def test_an_item_says_who_did_it_and_when(context, now):
    run = context()

    run.once("o" * 500)

    item = ProcessedItem.objects.get()
    assert (item.execution_id, item.at) == (run.execution_id, now)
    assert len(item.label) == 200
    assert str(item).startswith("t:nothing: ooo")
