"""A job's row: its state in a word, and what saving it leaves alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from cronmgmt.models import ScheduledJob

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "on"),
        ({"enabled": False}, "off"),
        ({"set_aside_reason": "broken"}, "set-aside"),
        ({"enabled": False, "set_aside_reason": "broken"}, "set-aside"),
    ],
)
def test_its_state_is_a_word(make_job, changes, state):
    assert make_job(**changes).state == state


def test_retired_outweighs_everything(make_job, now):
    job = make_job(retired_at=now, enabled=False, set_aside_reason="broken")

    assert job.state == "retired"


def test_it_is_called_by_its_title_or_else_by_its_name(make_job):
    assert str(make_job("members", title="Members sync")) == "Members sync"
    assert str(make_job("positions")) == "positions"


def test_it_is_off_until_the_date_and_not_at_it(make_job, now):
    job = make_job(enabled=False, off_until=now + HOUR)

    assert job.is_off(now)
    assert not job.is_off(now + HOUR)


def test_without_a_date_it_stays_off(make_job, now):
    assert make_job(enabled=False).is_off(now + 1000 * HOUR)
    assert not make_job("on").is_off(now)


def test_an_edit_does_not_undo_what_the_machine_counted_meanwhile(make_job):
    job = make_job()
    ScheduledJob.objects.update(runs_total=F("runs_total") + 1, last_status="succeeded")

    job.title = "Hourly"
    job.save()

    job.refresh_from_db()
    assert (job.title, job.runs_total, job.last_status) == ("Hourly", 1, "succeeded")
