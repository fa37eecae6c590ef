"""Switching a job off and on in its form."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.models import Activity, Gap, ScheduledJob
from tests.admin.test_jobs import ADD, NEW, errors_of


@pytest.mark.part("1.5")
def test_unticking_enabled_notes_since_when_and_by_whom(
    root, make_job, change_url, filled_in, now
):
    job = make_job()
    data = filled_in(root, change_url(job), off_reason="repair")
    del data["enabled"]

    root.post(change_url(job), data)

    job.refresh_from_db()
    assert (job.enabled, job.off_since) == (False, now)
    assert (job.off_by, job.off_reason) == ("root", "repair")
    assert job.next_run_at is None
    assert [each.action for each in Activity.objects.all()] == ["switch off"]


@pytest.mark.part("1.5")
def test_ticking_enabled_covers_the_time_it_was_off_by_a_gap(
    root, make_job, change_url, filled_in, now
):
    job = make_job(enabled=False, off_since=now - timedelta(days=3), off_by="root")
    data = filled_in(root, change_url(job), enabled="on", off_reason="ignored")

    root.post(change_url(job), data)

    job.refresh_from_db()
    assert (job.enabled, job.off_since, job.off_reason) == (True, None, "")
    assert Gap.objects.get().count == 3


def test_a_date_that_has_passed_is_refused_at_its_field(
    root, make_job, change_url, filled_in
):
    job = make_job()
    data = filled_in(
        root, change_url(job), off_until_0="2026-06-01", off_until_1="13:00"
    )
    del data["enabled"]

    answer = root.post(change_url(job), data)

    assert list(errors_of(answer)) == ["off_until"]


def test_a_reason_alone_switches_nothing(root, make_job, change_url, filled_in):
    job = make_job()

    root.post(change_url(job), filled_in(root, change_url(job), off_reason="why"))

    job.refresh_from_db()
    assert (job.enabled, job.off_reason) == (True, "")


def test_who_may_edit_but_not_switch_cannot_switch(
    erin, make_job, change_url, filled_in
):
    job = make_job()
    data = filled_in(erin, change_url(job), title="New", off_reason="mine")

    erin.post(change_url(job), data)

    job.refresh_from_db()
    assert (job.title, job.enabled, job.off_reason) == ("New", True, "")


def test_a_new_job_may_begin_switched_off(erin, now):
    erin.post(ADD, {**{k: v for k, v in NEW.items() if k != "enabled"}})

    job = ScheduledJob.objects.get()
    assert (job.enabled, job.off_since, job.off_by) == (False, now, "erin")


def test_a_copy_begins_switched_off(root, make_job, change_url, filled_in):
    job = make_job()
    data = filled_in(root, change_url(job), name="copy", _saveasnew="1")

    root.post(change_url(job), data)

    copy = ScheduledJob.objects.get(name="copy")
    assert (copy.enabled, copy.off_by, copy.next_run_at) == (False, "root", None)
