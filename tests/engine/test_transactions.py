"""One transaction, repeated whole when the database asks for that."""

from __future__ import annotations

import pytest
from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
    transaction,
)

from cronmgmt.engine import transactions
from cronmgmt.engine.transactions import (
    TRIES,
    after_commit,
    in_transaction,
    in_transactions,
    is_transient,
)
from cronmgmt.models import JobRun
from tests.naps import instead_of_sleep


class Deadlock(Exception):
    sqlstate = "40P01"


def caused_by(cause):
    error = OperationalError("a driver said")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        (OperationalError("database is locked"), True),
        (OperationalError("database table is locked: cronmgmt_jobrun"), True),
        (caused_by(Deadlock()), True),
        (caused_by(Exception(1213, "Deadlock found")), True),
        (caused_by(Exception(1205, "Lock wait timeout exceeded")), True),
        (caused_by(Exception(2006, "MySQL server has gone away")), False),
        (OperationalError("server closed the connection"), False),
        (OperationalError(), False),
        (IntegrityError("UNIQUE constraint failed"), False),
    ],
)
def test_what_is_worth_another_try(error, transient):
    assert is_transient(error) == transient


@pytest.fixture
def tries(monkeypatch):
    """Work that fails with these errors, and how often it was begun."""
    instead_of_sleep(monkeypatch, transactions)

    def make(*errors):
        left, begun = list(errors), []

        def work():
            begun.append(JobRun.objects.create(**RUN))
            if left:
                raise left.pop(0)
            return "done"

        return work, begun

    return make


RUN = {
    "job_name": "job",
    "handler": "t:nothing",
    "status": "queued",
    "available_at": "2026-06-01T12:00Z",
    "created_at": "2026-06-01T12:00Z",
}
LOCKED = OperationalError("database is locked")


@pytest.mark.django_db(transaction=True)
def test_it_is_repeated_until_it_works_and_leaves_one_trace(tries):
    work, begun = tries(LOCKED, LOCKED)

    assert in_transaction(work) == "done"
    assert len(begun) == 3
    assert JobRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_not_repeated_for_ever(tries):
    work, begun = tries(*[LOCKED] * 100)

    with pytest.raises(OperationalError):
        in_transaction(work)

    assert len(begun) == TRIES
    assert JobRun.objects.count() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [IntegrityError("UNIQUE"), ValueError("no")])
def test_what_another_try_would_meet_again_is_raised_at_once(tries, error):
    work, begun = tries(error)

    with pytest.raises(type(error)):
        in_transaction(work)

    assert len(begun) == 1


@pytest.mark.django_db
def test_inside_a_transaction_of_the_callers_it_is_done_once(tries):
    work, begun = tries(LOCKED)

    with pytest.raises(DatabaseError), transaction.atomic():
        in_transaction(work)

    assert len(begun) == 1


# What follows a commit.


@pytest.mark.django_db
def test_what_follows_a_commit_waits_for_it(django_capture_on_commit_callbacks):
    done = []

    with django_capture_on_commit_callbacks(execute=True):
        after_commit(lambda: done.append(1))
        assert done == []

    assert done == [1]


@pytest.mark.django_db
def test_what_was_rolled_back_is_followed_by_nothing(
    django_capture_on_commit_callbacks,
):
    done = []

    commits = django_capture_on_commit_callbacks(execute=True)
    with commits, pytest.raises(RuntimeError), transaction.atomic():
        after_commit(lambda: done.append(1))
        raise RuntimeError

    assert done == []


@pytest.mark.django_db
def test_what_is_committed_never_looks_failed(
    django_capture_on_commit_callbacks, caplog
):
    def fail():
        raise RuntimeError("a dead broker")

    with django_capture_on_commit_callbacks(execute=True):
        after_commit(fail)

    assert "a dead broker" in caplog.text


def each(answers):
    """Do work that gives these answers; return what was tried and their sum."""
    tried = []

    def work(item):
        tried.append(item)
        if isinstance(answer := answers[item], Exception):
            raise answer
        return answer

    return tried, lambda: in_transactions(work, range(len(answers)), "%s failed")


@pytest.mark.django_db
def test_of_many_one_that_fails_stops_no_other(caplog):
    broken, full = RuntimeError("a bug"), OperationalError("no space left")
    tried, do = each([1, broken, 1, full, 1, full, broken, broken, 1])

    assert do() == 4

    assert len(tried) == 9
    assert "1 failed" in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [OperationalError, InterfaceError, InternalError])
def test_a_database_that_refuses_two_in_a_row_is_asked_no_more(kind):
    tried, do = each([1, kind("read-only"), kind("read-only"), 1])

    with pytest.raises(kind):
        do()

    assert tried == [0, 1, 2]
