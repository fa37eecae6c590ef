"""The page of what keeps the jobs going."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.clock import DatabaseClock, use
from cronmgmt.conf import VERSION
from cronmgmt.engine import actions
from cronmgmt.models import Node, Status

PATH = "/cron/system"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def viewer(logged_in):
    return logged_in("vera", "view_scheduledjob", "view_node")


@pytest.fixture
def node(now):
    return Node.objects.create(
        name="web1:7:abc",
        instance="web1",
        pid=7,
        version=VERSION,
        workers=2,
        started_at=now,
        seen_at=now,
        scheduling_since=now,
    )


def test_what_runs_where_and_what_waits(viewer, node, make_job, make_run, now):
    make_run(make_job(title="Members"), Status.RUNNING, worker="web1:9:x")
    make_run(make_job("slow"), Status.QUEUED, queue="slow", available_at=now - MINUTE)

    page = viewer.get(PATH).content.decode()

    for part in ["web1", "process 7", "web1:9:x", "Members", "slow", "1\xa0minute ago"]:
        assert part in page
    assert "state-alive" in page
    assert "state-silent" not in page


def test_a_silent_node_is_red_and_the_scheduler_not_there(viewer, node, now):
    Node.objects.update(seen_at=now - 2 * MINUTE)

    page = viewer.get(PATH).content.decode()

    assert page.count("state-silent") == 2
    assert "Start one: manage.py qcluster" in page
    assert "favicon-bad.svg" in page


def test_who_may_not_see_nodes_is_refused(bob):
    assert bob.get(PATH).status_code == 403
    assert ">System<" not in bob.get("/cron/").content.decode()


def test_it_costs_the_same_however_much_runs(
    viewer, node, make_job, make_run, django_assert_max_num_queries
):
    for number in range(20):
        make_run(make_job(f"job-{number}"), Status.RUNNING)

    with django_assert_max_num_queries(12):
        page = viewer.get(PATH).content.decode()

    assert page.count('id="run-') == 20


EXAMINATION = "/cron/system/doctor"


def test_the_examination_says_what_is_wrong_and_what_to_do(viewer, make_job):
    make_job("broken", handler="elsewhere:gone")

    page = viewer.get(EXAMINATION).content.decode()

    assert "No node was seen within the last minute, so nothing runs." in page
    assert "Start one: manage.py qcluster" in page
    assert "has no handler for: broken" in page
    assert " answers." in page
    assert "All is well" not in page


def test_a_site_that_is_well_says_so(viewer, node, monkeypatch, settings):
    monkeypatch.setattr("cronmgmt.registry._declarations", {})
    settings.SILENCED_SYSTEM_CHECKS = [f"cronmgmt.W00{n}" for n in range(1, 9)]

    page = viewer.get(EXAMINATION).content.decode()

    assert "All is well: scheduled work runs." in page
    assert "Nodes and queues are well." in viewer.get(PATH).content.decode()


def test_who_may_not_see_nodes_is_not_examined_for(bob):
    assert bob.get(EXAMINATION).status_code == 403


def test_the_examination_answers_who_asks_for_the_live_part(viewer):
    assert viewer.get(f"{EXAMINATION}?live=1").status_code == 200


def test_a_system_with_restricted_jobs_costs_no_more(
    viewer, make_job, make_run, django_assert_max_num_queries
):
    job = make_job("payroll")
    actions.restrict_job("payroll", {"Payroll": "act"})
    make_run(job, Status.RUNNING)

    with use(DatabaseClock()), django_assert_max_num_queries(12):
        viewer.get(PATH)
