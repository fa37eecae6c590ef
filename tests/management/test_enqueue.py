"""``enqueue``: work for a handler, typed at a command line."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.management.verbs.exits import Exit
from cronmgmt.models import Activity, JobRun

pytestmark = pytest.mark.django_db


def test_work_is_queued_with_typed_parameters(shell):
    answer = shell("enqueue", "t:limited", "--set", "limit=5", "--priority", "urgent")

    run = JobRun.objects.get()
    assert (run.params, run.priority, run.job) == ({"limit": 5}, 0, None)
    assert answer.out == f"Queued t:limited: {run.execution_id}\n"
    assert Activity.objects.get().action == "enqueue"


def test_it_may_wait_and_tell_somebody(shell, now):
    shell(
        *["enqueue", "t:greet", "--delay", "1h30m", "--queue", "slow"],
        *["--notify", "anna@example.com", "--priority", "25"],
    )

    run = JobRun.objects.get()
    assert run.available_at - now == timedelta(minutes=90)
    assert (run.queue, run.priority) == ("slow", 25)
    assert run.notify == ["anna@example.com"]


def test_why_it_was_queued_is_on_record(shell):
    shell("enqueue", "t:greet", "--reason", "Anna asked")

    assert Activity.objects.get().reason == "Anna asked"


def test_a_key_is_queued_once(shell):
    first = shell("enqueue", "t:greet", "--unique-key", "a", "--json").json
    second = shell("enqueue", "t:greet", "--unique-key", "a", "--json").json

    assert (first["isNew"], second["isNew"]) == (True, False)
    assert first["executionId"] == second["executionId"]
    assert "already" in shell("enqueue", "t:greet", "--unique-key", "a").out


@pytest.mark.parametrize(
    ("words", "status", "complaint"),
    [
        (["t:gret"], Exit.FAILED, "Did you mean t:greet"),
        (["t:limited", "--set", "limit=x"], Exit.FAILED, "must be a whole number"),
        (["t:greet", "--priority", "soon"], Exit.FAILED, "priority"),
        (["t:greet", "--priority", "40000"], Exit.FAILED, "priority"),
        (["t:greet", "--notify", "anna"], Exit.FAILED, "anna"),
        (["t:greet", "--delay", "soon"], Exit.USAGE, "write a duration"),
        (["t:greet", "--at", "soon"], Exit.USAGE, "write 2026-03-01T10:00"),
        ([], Exit.USAGE, "handler"),
    ],
)
def test_what_does_not_fit_is_refused(shell, words, status, complaint):
    answer = shell("enqueue", *words)

    assert answer.status == status and complaint in answer.err
    assert not JobRun.objects.exists()
