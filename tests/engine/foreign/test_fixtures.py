"""Two hundred schedules of each system: how many are carried, and why others are not."""

from __future__ import annotations

import json
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from celery import schedules
from django.core.management import call_command
from django_q.models import Schedule

from cronmgmt.engine import actions
from cronmgmt.engine.actions import CODE
from cronmgmt.engine.foreign import django_q2
from cronmgmt.engine.foreign.rows import from_tables
from cronmgmt.models import ScheduledJob
from cronmgmt.schedules import build_schedule
from tests.conftest import MOMENT
from tests.engine.foreign import make_fixtures
from tests.engine.foreign.conftest import FIXTURES

EXPECTED = json.loads((FIXTURES / "expected.json").read_text())
SOURCES = ["crontab", "django_q2", "celery_beat"]


def test_nobody_edited_a_fixture():
    for name, text in make_fixtures.everything().items():
        assert (FIXTURES / name).read_text() == text


@pytest.mark.parametrize("source", SOURCES)
def test_each_of_two_hundred_is_carried_or_refused_with_a_reason(source):
    expected = EXPECTED[source.replace("_", "-")]
    outcome = [expected["carried"], len(expected["refused"]), len(expected["leftOut"])]

    assert sum(outcome) == make_fixtures.COUNT
    assert outcome[0] >= 175 and all(expected["refused"].values())


@pytest.mark.django_db
@pytest.mark.parametrize("source", SOURCES)
def test_what_is_carried_is_in_the_database_and_the_rest_has_its_reason(
    source, moved_fixture, clock
):
    expected = EXPECTED[source.replace("_", "-")]

    moved = moved_fixture(source)
    outcome = actions.import_jobs(moved.document, CODE, partly=True)
    moved.give_up(outcome.problems)

    reasons = {each.name: f"{each.field}: {each.problem}" for each in moved.refused}
    assert reasons == expected["refused"]
    assert moved.left_out == expected["leftOut"]
    assert ScheduledJob.objects.count() == expected["carried"]
    assert set(ScheduledJob.objects.values_list("name", flat=True)) == set(
        moved.document.jobs
    )


# What was carried runs when it ran before.


@pytest.mark.django_db
def test_django_q2_itself_counts_the_same_runs(moved_fixture):
    rows = json.loads((FIXTURES / "django_q2.json").read_text())
    found = {row["fields"]["name"]: row["fields"] for row in rows}
    moved = moved_fixture("django_q2")
    compared = Counter()

    for name, entry in moved.document.jobs.items():
        row = found.get(moved.labels[name])
        if (
            row is None
            or row["schedule_type"] in ("O", "C", "BW")
            or "ends_at" in entry
        ):
            continue
        theirs = [django_q2.moment(row["next_run"])]
        schedule = Schedule(schedule_type=row["schedule_type"], minutes=row["minutes"])
        while len(theirs) < 6:
            theirs.append(schedule.calculate_next_run(theirs[-1]))
        if theirs[0] > MOMENT:
            assert occurrences(entry, theirs[0], 6) == theirs, name
            compared[row["schedule_type"]] += 1

    assert compared.keys() == {"I", "H", "D", "W", "M", "BM", "Q", "Y"}
    assert min(compared.values()) >= 5


def occurrences(entry, first, count):
    kind, expression = ("cron", entry.get("cron"))
    if "every" in entry:
        kind, expression = "interval", entry["every"]
    starts = entry.get("starts_at")
    schedule = build_schedule(
        kind,
        expression,
        entry["timezone"],
        starts_at=starts and django_q2.moment(starts),
    )
    return schedule.between(first, first.replace(year=first.year + 9), count)


@pytest.mark.django_db
def test_the_tables_of_this_site_say_the_same_as_their_dump(
    moved_fixture, around, tmp_path
):
    rows = json.loads((FIXTURES / "django_q2.json").read_text())
    sound = [row for row in rows if row["fields"]["next_run"] != "soon"]
    file = tmp_path / "schedules.json"
    file.write_text(json.dumps(sound))
    call_command("loaddata", file, verbosity=0)
    handlers = json.loads((FIXTURES / "django_q2_handlers.json").read_text())

    live = django_q2.move(from_tables("django_q"), around(handlers))

    assert live.document == moved_fixture("django_q2").document


def test_celery_itself_agrees_on_what_is_due(moved_fixture):
    rows = json.loads((FIXTURES / "celery_beat.json").read_text())
    crontabs = [
        row["fields"] for row in rows if row["model"].endswith(".crontabschedule")
    ]

    for fields in crontabs[: make_fixtures.GOOD_CRONTABS]:
        zone = fields.pop("timezone")
        theirs = schedules.crontab(**fields)
        words = [fields[name] for name in WORDS]
        ours = build_schedule("cron", " ".join(words), zone)
        for moment in ours.between(MOMENT, MOMENT.replace(year=2027), 50):
            assert is_due(theirs, moment, zone), (fields, moment)


WORDS = ["minute", "hour", "day_of_month", "month_of_year", "day_of_week"]


def is_due(crontab, moment, zone):
    """Tell whether Celery's sets hold the moment as clocks there show it."""
    local = moment.astimezone(ZoneInfo(zone))
    return (
        local.minute in crontab.minute
        and local.hour in crontab.hour
        and local.day in crontab.day_of_month
        and local.month in crontab.month_of_year
        and local.isoweekday() % 7 in crontab.day_of_week
    )
