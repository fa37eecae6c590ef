"""Jobs declared in code become rows, field by field, however often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db.models.signals import pre_save

from cronmgmt import registry
from cronmgmt.engine.declaring import add_missing, apply_declarations
from cronmgmt.models import ScheduledJob

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)


def the_job(name="t:members"):
    return ScheduledJob.objects.get(name=name)


@pytest.mark.part("2.5")
def test_a_declared_job_is_made(declare):
    declare(title="Members", timeout=HOUR, params={"limit": 5}, tags=["nightly"])

    applied = apply_declarations()

    job = the_job()
    assert applied.created == ["t:members"]
    assert (job.handler, job.schedule_expression) == ("t:members", "15 7 * * *")
    assert (job.title, job.timeout) == ("Members", HOUR)
    assert (job.params, job.tags) == ({"limit": 5}, ["nightly"])
    assert job.next_run_at


@pytest.mark.parametrize(
    ("schedule", "kind", "expression"),
    [
        ({"cron": "15 7 * * *"}, "cron", "15 7 * * *"),
        ({"cron": None, "every": HOUR}, "interval", "3600s"),
        ({"cron": None, "every": "90m"}, "interval", "90m"),
        ({"cron": None, "at": "2026-07-01T10:00"}, "once", "2026-07-01T10:00"),
        (
            {"cron": None, "at": datetime(2026, 7, 1, 10, tzinfo=UTC)},
            "once",
            "2026-07-01T10:00:00+00:00",
        ),
        ({"cron": None}, "manual", ""),
    ],
)
def test_every_way_to_say_when(declare, schedule, kind, expression):
    declare(**schedule)

    apply_declarations()

    job = the_job()
    assert (job.schedule_kind, job.schedule_expression) == (kind, expression)


EVERYTHING = {
    "title": "Members",
    "tags": ["nightly"],
    "params": {"limit": 5},
    "timeout": timedelta(minutes=5),
    "grace": HOUR,
    "jitter": timedelta(seconds=30),
    "priority": 10,
    "starts_at": datetime(2026, 1, 1, tzinfo=timezone(HOUR)),
    "ends_at": datetime(2027, 1, 1, tzinfo=UTC),
    "on_lost": "fail",
}


@pytest.mark.part("2.5")
def test_applying_again_changes_nothing(declare):
    declare(**EVERYTHING)
    apply_declarations()
    revision = the_job().revision

    applied = apply_declarations()

    assert (applied.created, applied.changed, applied.retired) == ([], [], [])
    assert the_job().revision == revision


def test_the_row_follows_the_code(declare):
    declare(**EVERYTHING)
    apply_declarations()

    declare(cron="45 7 * * *", title="All members", priority=30)
    applied = apply_declarations()

    job = the_job()
    assert applied.changed == ["t:members"]
    assert (job.schedule_expression, job.title) == ("45 7 * * *", "All members")
    assert job.next_run_at.minute == 45


@pytest.mark.parametrize("column", sorted(EVERYTHING))
def test_a_policy_taken_out_of_the_code_goes_back_to_its_default(declare, column):
    declare(**EVERYTHING)
    apply_declarations()
    declared = {k: v for k, v in EVERYTHING.items() if k != column}

    declare(**declared)
    apply_declarations()

    field = ScheduledJob._meta.get_field(column)
    assert getattr(the_job(), column) == field.get_default()


@pytest.mark.parametrize(
    ("column", "first", "then"),
    [
        ("timeout", "60", "0:02:00"),
        ("timeout", timedelta(minutes=1), timedelta(minutes=2)),
        ("priority", "10", "20"),
        ("starts_at", "2026-01-01T00:00+05:30", "2026-02-01T00:00+05:30"),
        (
            "starts_at",
            datetime(2026, 1, 1, tzinfo=timezone(HOUR)),
            datetime(2026, 2, 1, tzinfo=timezone(HOUR)),
        ),
        ("params", {"limit": 1}, {"limit": 2}),
        ("title", "nul \x00", "nothing"),
    ],
)
def test_however_a_value_is_written_it_follows_the_code(declare, column, first, then):
    declare(**{column: first})
    apply_declarations()

    declare(**{column: then})
    apply_declarations()

    field = ScheduledJob._meta.get_field(column)
    assert getattr(the_job(), column) == field.to_python(then)
    assert the_job().overrides == {}


def test_what_a_person_changed_stays(declare):
    declare(title="Members", owner="ops")
    apply_declarations()
    ScheduledJob.objects.update(title="Our members")

    declare(cron="45 7 * * *", title="All members", owner="data")
    apply_declarations()

    job = the_job()
    assert (job.title, job.owner) == ("Our members", "data")
    assert job.schedule_expression == "45 7 * * *"


def test_a_schedule_of_another_kind_that_a_person_chose_stays_as_a_whole(declare):
    declare(cron="15 7 * * *")
    apply_declarations()
    job = the_job()
    job.schedule_kind, job.schedule_expression = "interval", "30m"
    job.save()

    declare(cron="45 7 * * *")
    apply_declarations()

    job = the_job()
    assert (job.schedule_kind, job.schedule_expression) == ("interval", "30m")


def test_a_job_that_a_person_made_is_taken_over_without_a_change(declare, make_job):
    make_job("t:members", title="By hand", schedule_expression="0 5 * * *")

    declare(title="By code")
    apply_declarations()

    job = the_job()
    assert (job.title, job.schedule_expression) == ("By hand", "0 5 * * *")


# What goes wrong with one of them.


@pytest.mark.parametrize(
    "wrong",
    [
        {"params": {"colour": "red"}},
        {"params": {1: "one", "two": 2}},
        {"timeout": 30},
        {"starts_at": datetime(2026, 1, 1)},
        {"tags": object()},
        {"title": "t" * 300},
    ],
)
def test_a_wrong_declaration_does_not_stop_the_others(declare, wrong, caplog):
    declare("t:a-wrong", **wrong)
    declare("t:members")

    applied = apply_declarations()

    assert applied.created == ["t:members"]
    assert list(applied.failed) == ["t:a-wrong"]
    assert applied.failed["t:a-wrong"]
    assert "Job t:a-wrong is not written" in caplog.text


def test_two_hosts_may_apply_at_once(declare):
    """The other host commits its row between our look and our insert."""
    declare(title="Members")

    def other_host(instance, **kwargs):
        pre_save.disconnect(other_host, ScheduledJob)
        twin = ScheduledJob(name="t:members", handler="t:members", planned_from="x")
        ScheduledJob.objects.bulk_create([twin])

    pre_save.connect(other_host, ScheduledJob)
    applied = apply_declarations()

    assert applied.failed == {}
    assert ScheduledJob.objects.filter(name="t:members").count() == 1


# A node's start.


def test_a_node_adds_what_is_missing_and_changes_nothing(declare):
    declare(title="Members")
    apply_declarations()
    declare(title="Of an older version")
    declare("t:positions")

    applied = add_missing()

    assert applied.created == ["t:positions"]
    assert the_job().title == "Members"


def test_a_node_of_an_older_version_retires_nothing(declare):
    declare()
    apply_declarations()
    registry.forget("t:members")

    add_missing()

    assert the_job().state == "on"
