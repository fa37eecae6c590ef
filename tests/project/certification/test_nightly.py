"""A whole night, as the job does it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail

from cronmgmt import registry
from cronmgmt.testing import assert_second_run_changes_nothing, run_handler
from project.certification.nightly import look
from project.models import Mentor, Notice

pytestmark = [pytest.mark.part("2.6"), pytest.mark.part("4.4")]


@pytest.fixture
def nightly(tables, db, now):
    def nightly(run):
        return look(run, now)

    registry.add_handler("t:nightly", nightly)
    yield nightly
    registry.forget("t:nightly")


def kept():
    notices = list(Notice.objects.order_by("pk").values())
    return list(Mentor.objects.values()), notices, len(mail.outbox)


def test_a_second_run_changes_nothing(nightly, certify):
    for days in (31, 30, 14, 7, 0, -1):
        certify(days)

    first, _second = assert_second_run_changes_nothing(nightly, watching=kept)

    assert first.result == {"paused": 2, "notices": 5, "mailed": 5}
    assert len(mail.outbox) == 5


def test_a_run_that_comes_late_does_the_day_it_was_meant_for(nightly, certify, now):
    certify(5)

    run = run_handler(nightly, intended_for=now - timedelta(days=4))

    assert run.result == {"paused": 0, "notices": 1, "mailed": 1}
    assert "in 9 days" in mail.outbox[0].body
