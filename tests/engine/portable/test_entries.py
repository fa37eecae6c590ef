"""A job's row and its entry hold the same."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from cronmgmt.engine.portable.entries import FIELDS, KINDS, SWITCH, entry_of, fill
from cronmgmt.models import ScheduledJob
from cronmgmt.policies import POLICIES

pytestmark = pytest.mark.django_db

EVERYTHING = {
    "title": "Members",
    "description": "First call Anna.\nThen Bob.",
    "purpose": "to know who is in",
    "dependencies": "the source",
    "owner": "data",
    "tags": ["sync", "night"],
    "params": {"name": "Anna"},
    "timezone": "Europe/Amsterdam",
    "starts_at": datetime(2026, 1, 1, tzinfo=UTC),
    "ends_at": datetime(2027, 1, 1, 8, 30, tzinfo=UTC),
    "jitter": timedelta(minutes=2),
    "queue": "slow",
    "priority": 25,
    "timeout": timedelta(hours=1, minutes=30),
    "expected_duration": timedelta(seconds=90),
    "failure_aim": 0.05,
    "memory_limit": 512,
    "max_attempts": 5,
    "backoff": timedelta(milliseconds=500),
    "backoff_ceiling": timedelta(hours=1),
    "retry_on": ["ConnectionError"],
    "on_lost": "fail",
    "overlap": "wait",
    "lock_key": "source",
    "concurrency": 2,
    "misfire": "all",
    "grace": timedelta(hours=2),
    "start_deadline": timedelta(minutes=30),
    "retention": timedelta(days=14),
    "failure_retention": timedelta(days=90),
    "keep_last": 5,
    "keep_most": 1000,
}


def test_what_is_read_back_is_what_was_written(make_job):
    job = make_job(handler="t:greet", schedule_expression="0 6 * * 1-5", **EVERYTHING)
    copy = ScheduledJob(name="job")

    entry = entry_of(job)

    assert fill(copy, entry) == []
    assert {name: getattr(copy, name) for name in EVERYTHING} == EVERYTHING
    assert entry_of(copy, full=True) == entry_of(job, full=True)


def test_an_entry_says_only_what_is_not_the_default(make_job):
    assert entry_of(make_job()) == {"handler": "t:nothing", "cron": "0 * * * *"}


def test_durations_and_moments_are_text_that_people_write(make_job):
    entry = entry_of(make_job(handler="t:greet", **EVERYTHING))

    assert (entry["timeout"], entry["backoff"]) == ("1h30m", "0.5s")
    assert entry["starts_at"] == "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("kind", "expression", "entry"),
    [
        ("cron", "0 6 * * *", {"cron": "0 6 * * *"}),
        ("interval", "90s", {"every": "90s"}),
        ("once", "2026-07-01T10:00", {"at": "2026-07-01T10:00"}),
        ("manual", "", {}),
    ],
)
def test_each_kind_of_schedule_has_a_word(make_job, kind, expression, entry):
    job = make_job(schedule_kind=kind, schedule_expression=expression)
    copy = ScheduledJob(name="job")

    assert {k: v for k, v in entry_of(job).items() if k in KINDS} == entry
    assert fill(copy, entry_of(job)) == []
    assert (copy.schedule_kind, copy.schedule_expression) == (kind, expression)


def test_a_job_that_is_off_says_so(make_job):
    job = make_job(enabled=False, off_reason="holidays")

    entry = entry_of(job)

    assert (entry["enabled"], entry["off_reason"]) == (False, "holidays")
    assert "off_until" not in entry


def test_an_entry_knows_every_policy_there_is():
    assert set(FIELDS) - {"handler", "timezone"} == POLICIES
    columns = {field.name for field in ScheduledJob._meta.concrete_fields}
    assert set(FIELDS) | set(SWITCH) <= columns


GOOD = {"handler": "t:greet", "cron": "0 6 * * *"}


@pytest.mark.parametrize(
    ("entry", "field", "complaint"),
    [
        ({"cron": "0 6 * * *"}, "handler", "it is missing"),
        ({**GOOD, "handler": "t:gret"}, "handler", "Did you mean t:greet"),
        ({**GOOD, "handler": 5}, "handler", "write text; got 5"),
        ({**GOOD, "cron": "61 * * * *"}, "cron", "minute: use 0 to 59"),
        ({**GOOD, "cron": ""}, "cron", "write five fields"),
        ({**GOOD, "cron": 5}, "cron", "write text"),
        ({**GOOD, "every": "5m"}, "every", "only one of cron, every"),
        ({"handler": "t:greet", "every": "5"}, "every", "write a duration"),
        ({"handler": "t:greet", "at": "noon"}, "at", "write a moment"),
        ({**GOOD, "timezone": "Mars/Olympus"}, "timezone", "Mars/Olympus"),
        ({**GOOD, "timeout": 30}, "timeout", "write a duration, such as 30s"),
        ({**GOOD, "timeout": "soon"}, "timeout", "write a duration.*'soon'"),
        ({**GOOD, "timeout": "0s"}, "timeout", "above zero"),
        ({**GOOD, "time_out": "5m"}, "time_out", "Did you mean timeout"),
        ({**GOOD, "zzz": 1}, "zzz", "Known: title,"),
        ({**GOOD, "starts_at": "2026-01-01T10:00"}, "starts_at", "its time zone"),
        ({**GOOD, "starts_at": "then"}, "starts_at", "its time zone"),
        ({**GOOD, "priority": "high"}, "priority", "whole number"),
        ({**GOOD, "priority": True}, "priority", "whole number"),
        ({**GOOD, "priority": 101}, "priority", "100"),
        ({**GOOD, "title": None}, "title", "leave it out"),
        ({**GOOD, "title": "x" * 201}, "title", "200"),
        ({**GOOD, "tags": "sync"}, "tags", "a list of words"),
        ({**GOOD, "params": [1]}, "params", "JSON object"),
        ({**GOOD, "params": {"nmae": "x"}}, "params", "no parameter 'nmae'"),
        ({**GOOD, "overlap": "sometimes"}, "overlap", "sometimes"),
        ({**GOOD, "calendar": "moon"}, "calendar", "no calendar of that name"),
        ({**GOOD, "enabled": "no"}, "enabled", "true or false"),
        ({**GOOD, "off_reason": "x"}, "off_reason", "enabled: false"),
        ({**GOOD, "enabled": False, "off_until": 5}, "off_until", "its time zone"),
        ({**GOOD, "enabled": False, "off_reason": 5}, "off_reason", "write text"),
        ({**GOOD, "concurrency": 3}, "concurrency", "one run at a time"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(entry, field, complaint):
    (problem,) = fill(ScheduledJob(name="job"), entry)

    assert (problem.name, problem.field) == ("job", field)
    assert re.search(complaint, problem.problem), problem


def test_a_handler_that_only_the_workers_know_stays(make_job):
    job = make_job(handler="elsewhere")

    assert fill(job, {"handler": "elsewhere", "cron": "5 * * * *"}) == []
