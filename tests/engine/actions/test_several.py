"""The same verb for some runs: what is refused stops no other."""

from __future__ import annotations

import pytest

from cronmgmt.engine import actions
from cronmgmt.models import Activity, Status

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_is_rung_for(bell):
    pass


def test_runs_are_queued_once_more_except_what_is_in_the_way(make_job, make_run, alice):
    first = make_run(make_job("a"), Status.FAILED)
    second = make_run(first.job, Status.FAILED)
    other = make_run(make_job("b"), Status.LOST)

    several = actions.rerun_all([other, second, first], alice, reason="the disk is new")

    assert [run.rerun_of for run in several.done] == [
        first.execution_id,
        other.execution_id,
    ]
    assert [refusal.run for refusal in several.refused] == [second]
    assert "do not overlap" in several.refused[0].sentence
    assert Activity.objects.filter(allowed=True, reason="the disk is new").count() == 2
    assert Activity.objects.filter(allowed=False).count() == 1


def test_runs_are_cancelled_except_what_is_finished(make_run, alice):
    waiting, running = make_run(), make_run(status=Status.RUNNING)
    finished = make_run(status=Status.SUCCEEDED)

    several = actions.cancel_runs([waiting, running, finished], alice)

    assert several.done == [waiting, running]
    assert [each.sentence for each in several.refused] == [
        f"Run {finished.pk} is finished already."
    ]
    waiting.refresh_from_db()
    assert waiting.status == Status.CANCELLED


def test_who_may_not_is_refused_for_each_run(make_run, bob):
    runs = [make_run(), make_run()]

    several = actions.cancel_runs(runs, bob)

    assert (several.done, len(several.refused)) == ([], 2)
    assert Activity.objects.filter(allowed=False, actor="bob").count() == 2
