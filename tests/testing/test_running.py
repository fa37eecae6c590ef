"""What hosts test their own jobs with."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model

from cronmgmt import registry
from cronmgmt.errors import InvalidParameters
from cronmgmt.models import ProcessedItem, Status
from cronmgmt.testing import assert_second_run_changes_nothing, run_handler

pytestmark = pytest.mark.django_db

User = get_user_model()


@pytest.fixture
def registered():
    """Return a function that registers a handler for the length of the test."""
    names = []

    def register(function):
        names.append(f"t:{function.__name__}")
        registry.add_handler(names[-1], function)
        return function

    yield register
    for name in names:
        registry.forget(name)


def welcome_once(run, names: list[str] = ["anna", "bob"]):  # noqa: B006
    """Make each user once."""
    for name in names:
        if run.once(name):
            User.objects.create(username=name)
    return {"names": len(names)}


def welcome_again(run):
    """Make a user at every run."""
    User.objects.create(username=f"user-{User.objects.count()}")


def fail_at_once(run):
    """Fail."""
    raise ValueError("no rows")


def tell(run):
    """Say what is seen of the run."""
    return {"day": run.intended_for.date().isoformat(), "attempt": run.attempt}


def test_a_handler_runs_here_and_now(registered):
    registered(welcome_once)

    run = run_handler("t:welcome_once", {"names": ["anna"]})

    assert run.status == Status.SUCCEEDED
    assert run.result == {"names": 1}
    assert User.objects.get().username == "anna"


def test_a_decorated_function_may_be_handed_over_itself(registered):
    assert run_handler(registered(tell), intended_for=datetime(2026, 3, 1, tzinfo=UTC))


def test_a_handler_sees_the_columns_that_are_set(registered):
    registered(tell)

    run = run_handler("t:tell", intended_for=datetime(2026, 3, 1, tzinfo=UTC))

    assert run.result == {"day": "2026-03-01", "attempt": 1}


def test_a_failure_is_returned_and_not_raised(registered):
    registered(fail_at_once)

    run = run_handler("t:fail_at_once")

    assert (run.status, run.error_message) == (Status.FAILED, "no rows")


def test_parameters_are_checked_as_for_any_run(registered):
    registered(welcome_once)

    with pytest.raises(InvalidParameters, match="'names'"):
        run_handler("t:welcome_once", {"names": "anna"})


@pytest.mark.part("4.4")
def test_a_job_that_does_each_item_once_passes_the_double_run(registered):
    registered(welcome_once)

    first, second = assert_second_run_changes_nothing(
        "t:welcome_once", watching=[User, ProcessedItem]
    )

    assert first.execution_id != second.execution_id
    assert User.objects.count() == 2


@pytest.mark.part("4.4")
def test_a_job_that_does_its_work_again_fails_the_double_run(registered):
    registered(welcome_again)

    with pytest.raises(AssertionError, match="second run of t:welcome_again changed"):
        assert_second_run_changes_nothing("t:welcome_again", watching=[User])


def test_what_is_watched_may_be_anything_that_compares(registered):
    registered(welcome_once)
    seen = []

    assert_second_run_changes_nothing(
        "t:welcome_once", watching=lambda: seen.append(1) or User.objects.count()
    )

    assert len(seen) == 2


def test_a_job_that_fails_fails_the_double_run_with_its_error(registered):
    registered(fail_at_once)

    with pytest.raises(
        AssertionError, match="first run of t:fail_at_once failed: ValueError"
    ):
        assert_second_run_changes_nothing("t:fail_at_once", watching=[])
