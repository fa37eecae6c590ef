"""What is refused in the admin stays on record, whatever the admin rolls back."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import resolve

from cronmgmt.engine import actions
from cronmgmt.models import Activity, ScheduledJob

pytestmark = pytest.mark.part("0.10")

CALENDAR = "/admin/cronmgmt/calendar/"


@pytest.fixture
def used(make_job):
    calendar = actions.save_calendar("closed", [])
    make_job(calendar="closed")
    return calendar


@pytest.mark.parametrize("atomic", [True, False])
def test_a_refused_deletion_is_on_record(root, used, monkeypatch, atomic):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", atomic)

    root.post(f"{CALENDAR}{used.pk}/delete/", {"post": "yes"})

    record = Activity.objects.get(actor="root")
    assert (record.action, record.allowed) == ("delete", False)
    assert "is used by members" in record.reason


def test_an_edit_that_fails_halfway_is_on_record_as_undone(
    root, make_job, change_url, filled_in, monkeypatch
):
    job = make_job()
    data = filled_in(root, change_url(job), title="New")

    def fail(*args, **kwargs):
        raise RuntimeError("the log of the admin cannot be written")

    monkeypatch.setattr("django.contrib.admin.ModelAdmin.log_change", fail)
    with pytest.raises(RuntimeError):
        root.post(change_url(job), data)

    record = Activity.objects.get()
    assert ScheduledJob.objects.get().title == ""
    assert (record.action, record.failed) == ("edit", True)
    assert record.reason.startswith("It was undone")


@pytest.mark.parametrize("model", ["scheduledjob", "calendar", "pause"])
@pytest.mark.parametrize("page", ["", "add/", "1/change/", "1/delete/"])
def test_no_view_that_acts_is_within_a_transaction_of_the_request(model, page):
    view = resolve(f"/admin/cronmgmt/{model}/{page}").func

    assert "default" in view._non_atomic_requests


@pytest.mark.parametrize(
    ("rights", "told"), [((), False), (("view_error_jobrun",), True)]
)
def test_an_error_on_record_is_not_for_everybody(logged_in, now, rights, told):
    record = Activity.objects.create(
        at=now,
        actor="alice",
        source="api",
        action="trigger",
        allowed=True,
        failed=True,
        reason="It failed: OperationalError: host db7",
    )
    client = logged_in("ada", "view_activity", *rights)

    for page in ("", f"{record.pk}/change/"):
        said = client.get(f"/admin/cronmgmt/activity/{page}").content.decode()
        assert ("db7" in said) is told
