"""One run over many databases or tenants."""

from __future__ import annotations

import asyncio

import pytest
from django.db import connection, transaction

from cronmgmt import registry
from cronmgmt.engine import actions, retention, supervision
from cronmgmt.engine.foreground import run_here
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.errors import (
    InvalidJob,
    LeaseLost,
    NonRetryable,
    Refused,
    RunCancelled,
    RunHandedBack,
    RunTimedOut,
)
from cronmgmt.models import Activity, JobRun, RunAttempt, RunLog, Status, TargetResult
from cronmgmt.targets import MOST, aliases, databases
from cronmgmt.testing import run_handler

pytestmark = pytest.mark.django_db

A, B, C = NAMES = ["agency_a", "agency_b", "agency_c"]


@pytest.fixture
def over(make_run):
    """Make a function the handler ``t:here``, which goes over targets."""

    def make(function, targets=NAMES):
        registry.forget("t:here")
        registry.handler("t:here", targets=targets)(function)

    return make


@pytest.fixture
def go(over, make_run, every_path):
    """Work off a run whose handler is the function, over three targets."""

    def go(function, **changes):
        over(function)
        return work(make_run(handler="t:here", **changes))

    return go


def work(run):
    """Work the queue off, whatever a retry would wait for."""
    JobRun.objects.update(available_at=run.created_at)
    work_a_slice(run.queue)
    run.refresh_from_db()
    return run


def outcomes(run):
    return {each.target: each.status for each in run.targets.all()}


def interrupt(interruption):
    """Do what the supervisor does, from inside the handler."""
    supervision.supervisor._watch.stop(interruption)


# All of them.


@pytest.mark.part("3.1")
def test_each_target_is_called_for_in_order(over):
    seen = []

    def handler(run):
        seen.append(run.target)

    over(handler, targets=lambda: iter(NAMES))

    run = run_handler("t:here")

    assert (run.status, seen) == (Status.SUCCEEDED, NAMES)
    assert run.result == {"targets": {"total": 3, "succeeded": 3, "failed": 0}}
    assert (run.progress_done, run.progress_total) == (3, 3)


@pytest.mark.part("3.1", "3.2")
@pytest.mark.parametrize(
    "error", [ValueError("away"), SystemExit(3), asyncio.CancelledError()]
)
def test_the_failure_of_one_stops_no_other(go, error):
    async def handler(run):
        print("working")  # noqa: T201
        if run.target == B:
            raise error

    run = go(handler)

    failed = run.targets.get(target=B)
    assert outcomes(run) == {A: "succeeded", B: "failed", C: "succeeded"}
    assert (run.status, run.reason) == (
        Status.FAILED,
        "1 of 3 targets failed: agency_b.",
    )
    assert failed.error_class.endswith(type(error).__name__)
    assert failed.duration >= 0
    assert f"Target {B} failed: {type(error).__name__}" in RunLog.objects.get().text
    assert f"Target {B}:\nTraceback" in run.traceback


@pytest.mark.part("3.1")
def test_what_one_leaves_open_is_not_there_for_the_next(over, django_user_model):
    def handler(run):
        if run.target == A:
            transaction.atomic().__enter__()
            django_user_model.objects.create_user("left-open")
        return django_user_model.objects.exists()

    over(handler)

    run = run_handler("t:here")

    assert run.status == Status.SUCCEEDED
    assert not django_user_model.objects.exists()


def test_secrets_are_masked_in_what_is_kept_of_a_target(go):
    def handler(run):
        raise RuntimeError("postgres://me:hunter2@db/agency")

    run = go(handler)

    assert "hunter2" not in run.targets.first().error_message


@pytest.mark.part("3.2")
def test_items_are_counted_for_each_and_for_all(go):
    def handler(run):
        if run.target == B:
            run.items_processed = 5
        elif run.target == C:
            run.progress(2, 4)

    run = go(handler)

    items = dict(run.targets.values_list("target", "items"))
    assert (items, run.items_processed) == ({A: None, B: 5, C: 2}, 7)
    assert (run.progress_done, run.progress_total) == (2, 4)


def test_checkpoints_and_once_are_of_one_target(go):
    seen = []

    def handler(run):
        seen.append((run.checkpoint(), run.once("order 1"), run.once("order 1")))
        run.checkpoint(run.target)
        assert run.checkpoint() == run.target

    run = go(handler)

    assert seen == [(None, True, False)] * 3
    assert run.checkpoint == {name: name for name in NAMES}


# Once more.


@pytest.mark.part("3.1")
def test_a_retry_repeats_those_that_did_not_succeed(go):
    seen = []

    def handler(run):
        seen.append((run.attempt, run.target))
        run.items_processed = 1
        if run.target == B and run.attempt == 1:
            raise ValueError

    run = work(go(handler, max_attempts=3))

    assert seen == [(1, A), (1, B), (1, C), (2, B)]
    assert (run.status, run.items_processed) == (Status.SUCCEEDED, 3)
    assert outcomes(run) == dict.fromkeys(NAMES, "succeeded")
    assert RunAttempt.objects.get().reason == "1 of 3 targets failed: agency_b."


def test_what_no_retry_would_help_is_not_tried_again(go):
    def handler(run):
        raise NonRetryable("no")

    assert go(handler, max_attempts=3).attempt == 1


def test_retry_on_means_what_a_target_raised(go):
    def handler(run):
        raise ValueError if run.target == B else KeyError

    assert go(handler, max_attempts=3, retry_on=["ValueError"]).status == "queued"
    assert go(handler, max_attempts=3, retry_on=["OSError"]).status == "failed"


# What stops all.


@pytest.mark.parametrize(
    ("interruption", "status", "kept"),
    [
        (RunTimedOut("late"), Status.TIMED_OUT, {A: "succeeded", B: "timed_out"}),
        (RunCancelled("by bob"), Status.CANCELLED, {A: "succeeded", B: "cancelled"}),
        (LeaseLost("gone"), Status.RUNNING, {A: "succeeded"}),
    ],
)
@pytest.mark.parametrize("swallows", [False, True])
def test_an_interruption_stops_all(go, interruption, status, kept, swallows):
    def handler(run):
        if run.target == B:
            try:
                interrupt(interruption)
            except BaseException:
                if not swallows:
                    raise

    run = go(handler)

    assert (run.status, outcomes(run)) == (status, kept)


def test_ctrl_c_stops_all(over, make_job):
    def handler(run):
        raise KeyboardInterrupt

    over(handler)
    make_job(handler="t:here")

    run = run_here("job", actions.CODE)

    assert (run.error_class, list(outcomes(run))) == ("KeyboardInterrupt", [A])


def test_one_that_was_handed_back_goes_on_with_the_rest(go):
    seen = []

    def handler(run):
        seen.append(run.target)
        if seen == [A, B]:
            interrupt(RunHandedBack("bye"))

    run = work(go(handler))

    assert (run.status, seen) == (Status.SUCCEEDED, [A, B, B, C])


def test_a_worker_that_lost_its_lease_records_nothing(go):
    seen = []

    def handler(run):
        seen.append(run.target)
        JobRun.objects.update(claim_token="another's")

    run = go(handler)

    assert (run.status, seen) == (Status.RUNNING, [A])
    assert not TargetResult.objects.exists()


# Which they are.


def broken():
    raise OSError("server away")


@pytest.mark.parametrize(
    ("targets", "sentence"),
    [
        (broken, "The targets of job were not found: OSError: server away"),
        (lambda: [], "job has no targets: the list is empty."),
        (lambda: ["a", "b", "a"], "job has the target 'a' twice."),
        (lambda: "abc", "job: targets are a list of names; got abc."),
        (lambda: 7, "job: targets are a list of names; got 7."),
        (lambda: ["a", 7], "printable characters without spaces around it; got '7'."),
        (lambda: ["x" * 201], "text of 1 to 200 printable characters"),
        (lambda: map(str, range(MOST + 1)), "job has more than 1000 targets."),
    ],
)
def test_targets_that_cannot_be_used_fail_the_run_with_a_sentence(
    over, make_run, targets, sentence
):
    over(do_nothing, targets)
    run = work(make_run(handler="t:here"))

    assert run.status == Status.FAILED
    assert sentence in run.error_message


def do_nothing(run):
    """Do nothing."""


@pytest.mark.parametrize(
    ("targets", "function"), [([], do_nothing), (["a", "a"], do_nothing)]
)
def test_what_a_decorator_cannot_mean_is_refused_at_import(targets, function):
    with pytest.raises(InvalidJob):
        registry.job("t:over", targets=targets)


def test_a_function_that_would_not_learn_its_target_is_refused():
    def function():
        """Do something."""

    with pytest.raises(InvalidJob, match="whose first parameter is the run"):
        registry.handler("t:over", targets=["a"])(function)


def test_databases_of_the_server_are_found(settings):
    name = connection.settings_dict["NAME"]
    assert aliases("def_ult")() == ["default"]
    if connection.vendor == "sqlite":
        with pytest.raises(ValueError, match=r"SQLite has no list .* use aliases"):
            databases()()
    else:
        assert databases(f"{name[:-1]}_")() == [name]


# One of them.


@pytest.mark.part("3.3")
def test_one_target_by_hand(over, make_job):
    over(do_nothing)
    make_job(handler="t:here")

    run = run_here("job", actions.CODE, target=B)

    assert (run.target, outcomes(run)) == (B, {B: "succeeded"})
    assert run.result == {"targets": {"total": 1, "succeeded": 1, "failed": 0}}
    assert Activity.objects.get().after == {"target": B}


@pytest.mark.part("3.3")
def test_a_rerun_is_for_the_same_target(over, make_job):
    over(do_nothing)
    make_job(handler="t:here")
    run = run_here("job", actions.CODE, target=B)

    again = work(actions.rerun(run.execution_id))

    assert outcomes(again) == {B: "succeeded"}


@pytest.mark.part("3.3")
def test_a_target_that_there_is_not_is_refused_with_those_that_there_are(
    over, make_job
):
    over(do_nothing)
    make_job(handler="t:here")

    with pytest.raises(Refused) as refusal:
        actions.trigger("job", target="agency-b")

    assert str(refusal.value) == (
        "job has no target 'agency-b'; it has agency_a, agency_b, agency_c. "
        "Did you mean agency_b?"
    )
    assert not JobRun.objects.exists()


def test_a_target_that_is_gone_when_its_run_begins_fails_it(over, make_run):
    over(do_nothing)

    run = work(make_run(handler="t:here", target="agency_z"))

    assert run.error_message.startswith("job has no target 'agency_z'; it has agency_a")


def test_results_go_with_their_run(go, make_job):
    run = go(do_nothing)
    JobRun.objects.update(finished_at="2020-01-01T00:00Z")

    retention.prune()

    assert not TargetResult.objects.exists()
    assert not JobRun.objects.filter(pk=run.pk).exists()
