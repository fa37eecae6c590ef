"""The form that runs something again, otherwise than the first time."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from cronmgmt import registry
from cronmgmt.models import Activity, JobRun, Origin, Status
from tests.dashboard.conftest import NASTY


@pytest.fixture(autouse=True)
def _nobody_is_rung_for(bell):
    pass


@pytest.fixture(autouse=True)
def _handler(monkeypatch):
    def report(run, region: str, rows: int = 10):
        """Do nothing."""

    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))
    registry.add_handler("t:report", report)


@pytest.fixture
def run(make_job, make_run, now):
    job = make_job(handler="t:report", params={"region": "north"})
    return make_run(
        job, Status.FAILED, params={"region": "south", "rows": 3}, intended_for=now
    )


@pytest.fixture
def page(run):
    return f"/cron/runs/{run.execution_id}/again"


AS_IT_WAS = {
    "param_region": "south",
    "param_rows": "3",
    "intended_for": "2026-06-01T14:00:00",  # In Amsterdam.
}


def again():
    return JobRun.objects.get(origin=Origin.RERUN)


def test_the_form_shows_what_the_run_had(alice, page):
    text = alice.get(page).content.decode()

    for value in AS_IT_WAS.values():
        assert f'value="{value}"' in text


def test_a_run_is_repeated_as_it_was(alice, page, run):
    answer = alice.post(page, AS_IT_WAS)

    assert answer.status_code == 303
    assert (again().params, again().intended_for) == (run.params, run.intended_for)
    assert again().rerun_of == run.execution_id


def test_a_run_is_repeated_otherwise(alice, page, now):
    changed = {"param_rows": "7", "intended_for": "2026-05-31T14:00:00"}

    alice.post(page, {**AS_IT_WAS, **changed, "reason": "it was half done"})

    assert again().params == {"region": "south", "rows": 7}
    assert again().intended_for == now - timedelta(days=1)
    assert Activity.objects.get().reason == "it was half done"


@pytest.mark.parametrize(
    "wrong",
    [{"param_rows": "many"}, {"intended_for": "yesterday"}, {"param_region": ""}],
)
def test_what_does_not_fit_is_marked_and_kept(alice, page, wrong):
    answer = alice.post(page, {**AS_IT_WAS, **wrong, "reason": "because"})

    assert answer.status_code == 400
    assert 'value="because"' in answer.content.decode()
    assert not JobRun.objects.filter(origin=Origin.RERUN).exists()


def test_what_is_typed_stays_text(alice, page):
    answer = alice.post(page, {**AS_IT_WAS, "param_rows": NASTY})

    assert "<script>alert" not in answer.content.decode()


def test_an_unfinished_run_is_not_repeated(alice, make_job, make_run):
    job = make_job(handler="t:report", params={"region": "north"})
    run = make_run(job, Status.QUEUED)

    answer = alice.post(f"/cron/runs/{run.execution_id}/again", AS_IT_WAS)

    assert answer.status_code == 409


def test_who_may_not_is_refused_on_record(bob, charlie, page):
    assert bob.get(page).status_code == 403
    assert bob.post(page, {}).status_code == 403
    assert charlie.post(page, AS_IT_WAS).status_code == 403
    assert Activity.objects.filter(allowed=False).count() == 2


def test_secrets_in_a_box_of_json_are_masked_and_kept(alice, make_job, make_run):
    held = {"password": "hunter2", "mail": {"token": "hunter3", "to": "a@b.c"}, "n": 1}
    run = make_run(make_job("elsewhere", params=held), Status.FAILED, params=held)
    address = f"/cron/runs/{run.execution_id}/again"

    page = alice.get(address)
    box = page.context["form"]["params"].initial
    alice.post(address, {"params": json.dumps({**box, "n": 2})})

    assert "hunter" not in page.content.decode()
    assert again().params == {**held, "n": 2}
