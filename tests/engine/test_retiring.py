"""What leaves the code is retired, and returns with it; its history stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt import registry
from cronmgmt.engine import actions
from cronmgmt.engine.declaring import apply_declarations
from cronmgmt.models import ScheduledJob

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)


def the_job(name="t:members"):
    return ScheduledJob.objects.get(name=name)


@pytest.mark.part("2.5")
def test_what_the_code_declares_no_longer_is_retired(declare):
    declare()
    apply_declarations()
    registry.forget("t:members")

    applied = apply_declarations()

    job = the_job()
    assert applied.retired == ["t:members"]
    assert (job.state, job.next_run_at) == ("retired", None)


def test_what_the_code_declares_again_returns(declare):
    declare()
    apply_declarations()
    registry.forget("t:members")
    apply_declarations()

    declare()
    applied = apply_declarations()

    assert applied.changed == ["t:members"]
    assert the_job().state == "on"
    assert the_job().next_run_at


def test_a_job_that_the_code_never_declared_is_left_alone(declare, make_job):
    make_job("by-hand")

    apply_declarations()

    assert the_job("by-hand").state == "on"


def test_what_a_person_retired_stays_so(declare):
    declare()
    apply_declarations()
    actions.cancel_job("t:members")

    apply_declarations()

    assert the_job().state == "retired"


def test_a_job_registered_after_it_left_the_code_stays_over_later_deploys(declare):
    declare()
    apply_declarations()
    registry.forget("t:members")
    apply_declarations()

    actions.register_job("t:members", "0 5 * * *", "t:nothing")
    applied = apply_declarations()

    assert applied.retired == []
    assert the_job().state == "on"


def test_a_broken_row_can_be_retired(declare):
    declare()
    apply_declarations()
    ScheduledJob.objects.update(timezone="Mars/Olympus", params=[1])
    registry.forget("t:members")

    applied = apply_declarations()

    assert applied.retired == ["t:members"]
    assert the_job().next_run_at is None
