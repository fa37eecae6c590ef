"""What did not run, and what will."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt import queries
from cronmgmt.models import ScheduledJob

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def test_a_schedule_is_said_in_words(make_job):
    job = make_job(schedule_expression="15 7 * * *")

    assert "7:15" in queries.in_words(job)


@pytest.mark.parametrize(
    "broken", [{"schedule_expression": "61 * * * *"}, {"timezone": "Mars/Olympus"}]
)
def test_a_broken_schedule_says_what_is_wrong(make_job, broken):
    make_job()
    ScheduledJob.objects.update(**broken)
    job = ScheduledJob.objects.get()

    assert queries.in_words(job).startswith("unusable schedule: ")
    assert queries.preview(job).moments == []


@pytest.mark.part("4.5")
def test_the_next_occurrences_are_foretold_in_utc(make_job):
    job = make_job(schedule_expression="0 9 * * *", timezone="Europe/Amsterdam")

    moments = queries.preview(job, limit=2).moments

    assert [moment.isoformat() for moment in moments] == [
        "2026-06-02T07:00:00+00:00",
        "2026-06-03T07:00:00+00:00",
    ]


@pytest.mark.part("4.5")
def test_what_clock_changes_do_to_a_job_is_shown_before_it_happens(make_job):
    job = make_job(schedule_expression="30 2 * * *", timezone="Europe/Amsterdam")

    dates = [note.date.isoformat() for note in queries.preview(job).notes]

    assert dates == ["2026-10-25", "2027-03-28"]


def test_a_job_in_utc_has_no_clock_changes(make_job):
    assert queries.preview(make_job()).notes == []


def test_a_job_that_is_off_shows_what_it_would_do(make_job):
    job = make_job(enabled=False)

    assert queries.preview(job, limit=3).moments
