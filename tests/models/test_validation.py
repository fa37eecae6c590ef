"""However a job is written, what cannot be used is refused under its column."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from cronmgmt.models import ScheduledJob

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

WRONG = [
    ("name", "Nightly Sync"),
    ("name", ""),
    ("name", "n" * 101),
    ("name", "sync\n"),
    ("handler", ""),
    ("handler", "h" * 201),
    ("queue", "My queue"),
    ("schedule_kind", "weekly"),
    ("schedule_expression", "61 * * * *"),
    ("schedule_expression", ""),
    ("schedule_expression", "* " * 150),
    ("timezone", "Mars/Olympus"),
    ("timezone", ""),
    ("timezone", None),
    ("starts_at", datetime(2026, 6, 1, 12)),
    ("ends_at", datetime(2026, 6, 1, 12)),
    ("starts_at", "soon"),
    ("starts_at", 5),
    ("jitter", timedelta(seconds=-1)),
    ("jitter", None),
    ("params", {"colour": "red"}),
    ("params", {"limit": "ten"}),
    ("params", {"limit": {1, 2}}),
    ("params", [10]),
    ("params", "limit"),
    ("params", None),
    ("tags", "nightly"),
    ("tags", ["nightly", 1]),
    ("tags", None),
    ("priority", -1),
    ("priority", 101),
    ("priority", "soon"),
    ("priority", None),
    ("max_attempts", 0),
    ("max_attempts", 101),
    ("timeout", timedelta()),
    ("timeout", timedelta(seconds=-1)),
    ("timeout", 30),
    ("timeout", "half an hour"),
    ("expected_duration", timedelta()),
    ("backoff", timedelta()),
    ("backoff", 1.5),
    ("grace", timedelta()),
    ("retention", timedelta()),
    ("retention", 90),
    ("overlap", "sometimes"),
    ("misfire", "sometimes"),
    ("on_lost", "sometimes"),
    ("title", "t" * 201),
    ("owner", "o" * 201),
    ("purpose", "p" * 501),
    ("off_reason", "r" * 501),
]


@pytest.mark.parametrize(("column", "value"), WRONG)
def test_saving_names_the_column_that_cannot_be_used(make_job, column, value):
    job = make_job(handler="t:limited")
    setattr(job, column, value)

    with pytest.raises(ValidationError) as refusal:
        job.save()

    assert list(refusal.value.message_dict) == [column]


@pytest.mark.parametrize(("column", "value"), WRONG)
def test_creating_refuses_the_same(clock, column, value):
    fields = {"name": "job", "handler": "t:limited", "schedule_expression": "0 * * * *"}

    with pytest.raises(ValidationError):
        ScheduledJob.objects.create(**fields | {column: value})

    assert not ScheduledJob.objects.exists()


def test_all_that_is_wrong_is_said_at_once(make_job):
    job = make_job()
    job.timezone = "Mars/Olympus"
    job.params = {"colour": "red"}
    job.tags = "red"
    job.timeout = timedelta()

    with pytest.raises(ValidationError) as refusal:
        job.save()

    assert set(refusal.value.message_dict) == {"timezone", "params", "tags", "timeout"}


def test_the_message_says_what_came_and_what_was_wanted(make_job):
    job = make_job()
    job.schedule_expression = "61 * * * *"

    with pytest.raises(ValidationError) as refusal:
        job.save()

    (message,) = refusal.value.message_dict["schedule_expression"]
    assert "minute" in message
    assert "'61'" in message


def test_a_schedule_that_ends_before_it_starts_is_refused_at_its_end(make_job):
    job = make_job()
    job.starts_at, job.ends_at = NOON, NOON - timedelta(days=1)

    with pytest.raises(ValidationError) as refusal:
        job.save()

    assert list(refusal.value.message_dict) == ["ends_at"]


def test_a_schedule_of_the_wrong_kind_is_refused_at_its_expression(make_job):
    job = make_job(schedule_expression="0 * * * *")
    job.schedule_kind = "interval"

    with pytest.raises(ValidationError) as refusal:
        job.save()

    assert list(refusal.value.message_dict) == ["schedule_expression"]


def test_a_handler_of_a_later_deploy_may_be_named(make_job):
    job = make_job(handler="from:the-next-deploy", params={"anything": [1, None]})

    assert ScheduledJob.objects.get().handler == job.handler


def test_the_parameters_of_an_unknown_handler_are_still_json(make_job):
    with pytest.raises(ValidationError) as refusal:
        make_job(handler="from:the-next-deploy", params={"at": NOON})

    assert list(refusal.value.message_dict) == ["params"]


def test_text_is_read_as_what_the_column_holds(make_job):
    job = make_job(timeout="0:00:30", priority="10", starts_at="2026-06-01T14:00+02:00")

    job.refresh_from_db()
    assert job.timeout == timedelta(seconds=30)
    assert job.priority == 10
    assert job.starts_at == NOON


def test_what_databases_refuse_is_replaced_before_it_is_written(make_job):
    job = make_job(
        title="nul \x00",
        description="half a pair \ud800",
        owner="\udfff",
        tags=["a\x00b"],
    )

    job.refresh_from_db()
    assert job.title == "nul \ufffd"
    assert job.description == "half a pair \ufffd"
    assert job.owner == "\ufffd"
    assert job.tags == ["a\ufffdb"]


def test_two_jobs_cannot_have_one_name(make_job):
    make_job("members")
    double = ScheduledJob(name="members", handler="t:nothing", schedule_kind="manual")

    with pytest.raises(ValidationError) as refusal:
        double.full_clean()

    assert list(refusal.value.message_dict) == ["name"]
