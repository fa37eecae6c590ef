"""Whatever a handler leaves in a database connection, the next run finds it clean."""

from __future__ import annotations

import pytest
from django.db import connection, connections, transaction

from cronmgmt.models import Gap, JobRun, Status

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "other"])


def execute(sql, alias="default"):
    with connections[alias].cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone() if cursor.description else None


def leave_a_transaction_open(run):
    transaction.atomic().__enter__()
    JobRun.objects.update(reason="never committed")


def leave_two_open(run):
    transaction.atomic().__enter__()
    transaction.atomic().__enter__()


def leave_one_open_that_failed(run):
    transaction.atomic().__enter__()
    transaction.set_rollback(True)


def leave_one_open_after_an_error(run):
    transaction.atomic().__enter__()
    execute("SELECT no_such_column FROM cronmgmt_jobrun")


def leave_autocommit_off(run):
    connection.set_autocommit(False)
    JobRun.objects.update(reason="never committed")


def begin_by_hand(run):
    execute("BEGIN")
    JobRun.objects.update(reason="never committed")


def begin_behind_a_comment(run):
    execute("/* by hand */ BEGIN")
    JobRun.objects.update(reason="never committed")


def close_the_connection(run):
    JobRun.objects.count()
    connection.close()


def close_the_connection_in_a_transaction(run):
    with transaction.atomic():
        JobRun.objects.count()
        connection.close()


def close_the_drivers_connection(run):
    connection.ensure_connection()
    connection.connection.close()


LEFT = [
    leave_a_transaction_open,
    leave_two_open,
    leave_one_open_that_failed,
    leave_one_open_after_an_error,
    leave_autocommit_off,
    begin_by_hand,
    begin_behind_a_comment,
    close_the_connection,
    close_the_connection_in_a_transaction,
    close_the_drivers_connection,
]


@pytest.mark.parametrize("handler", LEFT)
def test_the_outcome_is_recorded_and_the_next_run_is_not_harmed(perform, handler):
    def well_behaved(run):
        with transaction.atomic():
            return JobRun.objects.count()

    first, second = perform(handler), perform(well_behaved)

    assert first.is_finished
    assert (second.status, second.result) == (Status.SUCCEEDED, 2)
    assert not connections["default"].in_atomic_block
    assert connections["default"].get_autocommit()


@pytest.mark.parametrize(
    "handler",
    [
        leave_a_transaction_open,
        leave_autocommit_off,
        begin_by_hand,
        begin_behind_a_comment,
    ],
)
def test_what_it_did_not_commit_is_rolled_back(perform, handler):
    run = perform(handler)

    assert (run.status, run.reason) == (Status.SUCCEEDED, "")


SESSION = {
    "sqlite": ("PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys", (1,)),
    "postgresql": ("SET statement_timeout = 5000", "SHOW statement_timeout", ("0",)),
    "mysql": ("SET SESSION sql_mode=''", "SELECT @@sql_mode <> ''", (1,)),
}


@pytest.mark.parametrize("prefix", ["", "/* now */ ", "-- now\n", "\n  "])
def test_what_it_set_for_its_session_is_gone(perform, prefix):
    change, ask, fresh = SESSION[connection.vendor]

    perform(running(f"{prefix}{change}"))

    assert execute(ask) == fresh


def running(sql):
    def handler(run):
        execute(sql)

    return handler


def test_every_alias_is_tidied(perform):
    def handler(run):
        transaction.atomic(using="other").__enter__()
        Gap.objects.using("other").count()

    perform(handler)

    assert not connections["other"].in_atomic_block


def test_a_connection_that_was_left_as_found_is_kept(perform):
    def handler(run):
        with transaction.atomic():
            JobRun.objects.count()

    connection.ensure_connection()
    before = connection.connection
    perform(handler)

    assert connection.connection is before


def test_a_transaction_of_the_callers_is_left_alone(perform):
    with transaction.atomic():
        run = perform(leave_a_transaction_open)

        assert run.is_finished
        assert connection.in_atomic_block
