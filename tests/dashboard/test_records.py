"""Every attempt leaves its record, whatever becomes of the request."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection

from cronmgmt.models import Activity

pytestmark = pytest.mark.part("0.10")


@pytest.mark.parametrize("atomic", [True, False])
def test_what_fails_for_a_technical_reason_is_on_record(
    alice, make_job, monkeypatch, atomic
):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", atomic)
    make_job()

    def fail(run):
        raise OperationalError("disk full")

    monkeypatch.setattr("cronmgmt.engine.actions.runs.insert", fail)
    with pytest.raises(OperationalError):
        alice.post("/cron/trigger/members", {"reason": "now"})

    record = Activity.objects.get()
    assert (record.actor, record.allowed, record.failed) == ("alice", True, True)
    assert "disk full" in record.reason


def test_parameters_that_are_none_are_refused_on_record(alice, make_job):
    make_job()

    answer = alice.post(
        "/cron/trigger/members", {"params": 5}, content_type="application/json"
    )

    assert answer.status_code == 400
    assert Activity.objects.get().allowed is False


def test_a_form_that_is_filled_in_wrongly_is_on_record_without_what_was_typed(
    alice, make_job
):
    make_job(handler="t:limited")

    answer = alice.post("/cron/jobs/members/trigger", {"param_limit": "hunter2"})

    assert answer.status_code == 400
    record = Activity.objects.get()
    assert not record.allowed
    assert "param_limit" in record.reason
    assert "hunter2" not in record.reason


def test_the_address_is_on_record(alice, make_job):
    make_job()

    alice.post("/cron/trigger/members", {"reason": "typo"}, REMOTE_ADDR="192.0.2.7")

    record = Activity.objects.get()
    assert (record.source, record.address) == ("dashboard", "192.0.2.7")
    assert record.reason == "typo"
