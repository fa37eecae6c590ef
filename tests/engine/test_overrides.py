"""Code and admin together, field by field, over deploys."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt import registry
from cronmgmt.engine import declaring
from cronmgmt.engine.actions import Actor, cancel_job, reset_fields, save_job
from cronmgmt.engine.declaring import apply_declarations
from cronmgmt.engine.overrides import provenance
from cronmgmt.errors import Refused
from cronmgmt.models import ScheduledJob
from cronmgmt.registry import Declaration

ANNA = Actor("anna", "admin")

pytestmark = pytest.mark.django_db


def work(run):
    """Do nothing."""


@pytest.fixture
def deploy():
    """Return a function that deploys code which declares the job with these fields."""
    before = dict(registry._declarations)

    def deploy(**fields):
        registry.forget("t:report")
        if fields:
            registry.add_handler("t:report", work)
            schedule = registry.schedule_fields("t:report", cron=fields.pop("cron"))
            declaration = Declaration("t:report", "t:report", {**schedule, **fields})
            registry._declarations["t:report"] = declaration
        apply_declarations()
        return ScheduledJob.objects.filter(name="t:report").first()

    yield deploy
    registry.forget("t:report")
    assert registry._declarations == before


def sources(job):
    return {each.column: each for each in provenance(job) if each.source == "person"}


def test_an_admins_changes_stay_and_the_rest_follows_the_code(deploy):
    job = deploy(cron="0 6 * * *", owner="ops", priority=20, title="Report")
    job.schedule_expression, job.owner, job.priority = "0 7 * * *", "anna", 10
    save_job(job, ANNA)

    job = deploy(cron="0 5 * * *", owner="data", priority=20, title="Daily report")

    assert job.schedule_expression == "0 7 * * *"
    assert (job.owner, job.priority) == ("anna", 10)
    assert job.title == "Daily report"
    assert set(sources(job)) == {"schedule_expression", "owner", "priority"}
    assert sources(job)["owner"].by == "anna"
    assert sources(job)["owner"].at
    assert sources(job)["owner"].declared == "data"


def test_a_field_given_back_has_what_the_code_declares_by_now(deploy):
    job = deploy(cron="0 6 * * *", owner="ops", timeout=timedelta(minutes=2))
    job.schedule_expression, job.timeout = "0 7 * * *", timedelta(minutes=9)
    save_job(job, ANNA)
    deploy(cron="0 5 * * *", owner="ops", timeout=timedelta(minutes=3))

    job = reset_fields("t:report", ["schedule_expression", "timeout"], ANNA)

    assert job.schedule_expression == "0 5 * * *"
    assert job.timeout == timedelta(minutes=3)
    assert sources(job) == {}


def test_a_field_given_back_follows_the_code_again(deploy):
    job = deploy(cron="0 6 * * *", owner="ops")
    job.owner = "anna"
    save_job(job, ANNA)
    reset_fields("t:report", ["owner"], ANNA)

    assert deploy(cron="0 6 * * *", owner="data").owner == "data"


def test_a_change_keeps_its_mark_when_another_person_changes_another_field(deploy):
    job = deploy(cron="0 6 * * *", owner="ops")
    job.owner = "anna"
    save_job(job, ANNA)
    job.title = "Bob's"
    save_job(job, Actor("bob", "admin"))

    assert sources(job)["owner"].by == "anna"
    assert sources(job)["title"].by == "bob"


def test_a_mark_goes_when_the_code_says_the_same(deploy):
    job = deploy(cron="0 6 * * *", owner="ops")
    job.owner = "anna"
    save_job(job, ANNA)

    job = deploy(cron="0 6 * * *", owner="anna")

    assert job.overrides == {}


def test_what_the_code_does_not_declare_cannot_be_given_back(deploy):
    deploy(cron="0 6 * * *")

    with pytest.raises(Refused, match="declares no handler_x"):
        reset_fields("t:report", ["handler_x"], ANNA)


def test_a_job_that_leaves_the_code_is_retired_and_comes_back_with_its_changes(deploy):
    job = deploy(cron="0 6 * * *", owner="ops")
    job.owner = "anna"
    save_job(job, ANNA)

    gone = deploy()
    back = deploy(cron="0 6 * * *", owner="ops")

    assert gone.state == "retired"
    assert gone.next_run_at is None
    assert (back.pk, back.owner, back.state) == (job.pk, "anna", "on")
    assert back.next_run_at is not None


def test_a_job_that_a_person_retired_stays_retired_over_deploys(deploy):
    deploy(cron="0 6 * * *")
    cancel_job("t:report", ANNA)

    assert deploy(cron="0 7 * * *").state == "retired"


def test_a_second_deploy_of_the_same_code_changes_nothing(deploy):
    before = deploy(cron="0 6 * * *", owner="ops").revision

    assert deploy(cron="0 6 * * *", owner="ops").revision == before


def test_two_hosts_that_deploy_at_once_make_one_row(deploy, monkeypatch):
    merge = declaring._merge

    def merge_while_another_host_is_faster(job, declaration, *, take):
        monkeypatch.setattr(declaring, "_merge", merge)
        declaring.apply_declarations()
        return merge(job, declaration, take=take)

    monkeypatch.setattr(declaring, "_merge", merge_while_another_host_is_faster)

    deploy(cron="0 6 * * *", owner="ops")

    assert ScheduledJob.objects.filter(name="t:report").count() == 1
