"""A line per job: what state it is in, and whether somebody should look at it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt import queries
from cronmgmt.models import Pause, ScheduledJob, Status

pytestmark = pytest.mark.django_db

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def line(now, make_job):
    """Return the line of a job that has these columns."""

    def line(job=None, **columns):
        job = job or make_job()
        ScheduledJob.objects.filter(pk=job.pk).update(**columns)
        (found,) = queries.summaries(now, Pause.not_over(now))
        return found

    return line


@pytest.mark.parametrize(
    ("columns", "state"),
    [
        ({}, "new"),
        ({"last_started_at": "now"}, "idle"),
        ({"last_error": "no rows", "last_started_at": "now"}, "error"),
        ({"enabled": False, "last_error": "no rows"}, "off"),
        ({"enabled": False, "off_until": "now"}, "new"),
        ({"set_aside_reason": "minute 61", "enabled": False}, "set-aside"),
    ],
)
def test_a_job_is_in_one_state(line, now, columns, state):
    moments = {key: now if value == "now" else value for key, value in columns.items()}

    assert line(**moments).state == state


def test_a_running_job_runs_whatever_else_it_is(line, make_job, make_run):
    job = make_job()
    make_run(job)
    held = make_run(job, Status.RUNNING)

    found = line(job, enabled=False, last_error="no rows")

    assert (found.state, found.run_id) == ("running", held.pk)


def test_a_job_is_paused_with_its_tag_once_the_pause_has_begun(line, make_job, now):
    job = make_job(tags=["nightly"])
    Pause.objects.create(scope="tag", tag="nightly", since=now + HOUR)
    assert line(job).state == "new"

    Pause.objects.create(scope="tag", tag="nightly", since=now)
    assert line(job).state == "paused"


@pytest.mark.part("1.7")
@pytest.mark.parametrize(
    ("columns", "reasons"),
    [
        ({"last_failure_at": -23 * HOUR}, ("failed",)),
        ({"last_failure_at": -25 * HOUR}, ()),
        ({"last_missed_at": -23 * HOUR}, ("missed",)),
        ({"last_missed_at": -25 * HOUR}, ()),
        ({"enabled": False, "off_since": -15 * DAY}, ("off",)),
        ({"enabled": False, "off_since": -13 * DAY}, ()),
        ({"enabled": False, "off_since": -15 * DAY, "off_until": DAY}, ()),
        ({"set_aside_reason": "minute 61"}, ("set-aside",)),
    ],
)
def test_what_asks_for_attention(line, now, columns, reasons):
    moments = {
        key: now + value if isinstance(value, timedelta) else value
        for key, value in columns.items()
    }

    assert line(**moments).attention == reasons


@pytest.mark.part("1.7")
@pytest.mark.parametrize(
    ("run", "reasons"),
    [
        ({"available_at": -6 * MINUTE}, ("stuck",)),
        ({"available_at": -4 * MINUTE}, ()),
        ({"status": Status.WAITING, "available_at": -HOUR}, ()),
        ({"status": Status.RUNNING, "lease_expires_at": -6 * MINUTE}, ("stuck",)),
        ({"status": Status.RUNNING, "lease_expires_at": MINUTE}, ()),
    ],
)
def test_a_run_that_nobody_starts_or_looks_after_is_stuck(
    line, make_job, make_run, now, run, reasons
):
    job = make_job()
    make_run(
        job,
        **{k: now + v if isinstance(v, timedelta) else v for k, v in run.items()},
    )

    assert line(job).attention == reasons


def test_tags_that_somebody_wrote_by_hand_hide_nothing(line):
    assert line(tags="nightly").tags == ()
    assert queries.tags() == []
