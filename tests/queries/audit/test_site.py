"""What settings and processes of a site say for all its jobs; and what people say."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from cronmgmt.models import Node
from cronmgmt.telemetry.logs import JsonFormatter

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def make_node(now):
    def make(name, ago=SECOND, **fields):
        about = {"instance": name, "pid": 1, "started_at": now, "seen_at": now - ago}
        scheduling = {"scheduling_since": now - 60 * SECOND}
        return Node.objects.create(name=name, **{**about, **scheduling, **fields})

    return make


@pytest.mark.parametrize(
    ("nodes", "verdict", "said"),
    [
        ([], "person", "No node has reported"),
        ([("a", {})], "fail", "Only a schedules now"),
        ([("a", {}), ("b", {"scheduling_since": None})], "fail", "Only a schedules"),
        ([("a", {}), ("b", {"ago": 120 * SECOND})], "fail", "Only a schedules"),
        ([("a", {}), ("b", {})], "pass", "alive: 2"),
        ([("a", {}), ("tick", {"ago": 120 * SECOND})], "pass", "alive: 2"),
        ([("tick", {})], "person", "Only ticks"),
    ],
)
def test_failover_takes_another_scheduler(told, make_node, nodes, verdict, said):
    for name, fields in nodes:
        make_node(name, **fields)

    answer = told("3.7.4")

    assert (answer.verdict, said in answer.sentence) == (verdict, True), answer


@pytest.mark.parametrize(
    ("formatter", "verdict"),
    [
        (JsonFormatter(), "pass"),
        (logging.Formatter("%(message)s"), "fail"),
        (None, "fail"),
        (type("Own", (logging.Formatter,), {})(), "person"),
    ],
)
def test_a_log_shows_what_belongs_to_an_error(told, monkeypatch, formatter, verdict):
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    runs = logging.getLogger("cronmgmt.runs")
    monkeypatch.setattr(runs, "handlers", [handler])
    monkeypatch.setattr(runs, "propagate", False)

    assert told("3.5.2").verdict == verdict


def test_a_log_that_goes_nowhere_fails(told, monkeypatch):
    runs = logging.getLogger("cronmgmt.runs")
    monkeypatch.setattr(runs, "propagate", False)

    assert "writes nowhere" in told("3.5.2").sentence


@pytest.mark.parametrize("box", ["3.3.11", "3.3.12", "3.3.13", "3.3.14"])
def test_without_the_dashboard_nothing_is_seen(told, make_job, settings, box):
    make_job()
    assert told(box).verdict == "pass"

    settings.ROOT_URLCONF = "cronmgmt.processor.urls"
    assert told(box).verdict == "fail"


@pytest.mark.parametrize(
    ("settings_of_ours", "box", "verdict"),
    [
        ({"LEASE": SECOND, "BEAT": SECOND}, "3.2.3", "fail"),
        ({"LEASE": 3 * SECOND, "BEAT": SECOND}, "3.2.3", "pass"),
        ({"TIMEOUT": 60 * SECOND}, "3.1.6", "pass"),
        ({"AUDITED": {"3.3.5": "Uptime does."}}, "3.3.5", "pass"),
        ({"AUDITED": {"3.3.5": ""}}, "3.3.5", "person"),
        ({"AUDITED": {"3.3.6": "Somebody looks."}}, "3.3.6", "fail"),
        ({"AUDITED": ["3.3.5"]}, "3.3.5", "person"),
        ({"AUDITED": {"3.4.5": "CI runs each twice."}}, "3.4.5", "pass"),
    ],
)
def test_a_setting_counts_for_every_job(
    make_job, told, settings, settings_of_ours, box, verdict
):
    settings.CRONMGMT = settings_of_ours
    make_job()

    assert told(box).verdict == verdict


@pytest.mark.part("4.13")
@pytest.mark.parametrize(
    ("box", "before", "after"),
    [("3.4.5", "person", "pass"), ("3.1.5", "fail", "fail"), ("3.5.6", "none", "none")],
)
def test_a_tag_ticks_only_what_nobody_else_can_know(make_job, told, box, before, after):
    make_job("plain")
    make_job("tagged", tags=[f"audit:{box}"])

    assert told(box, "plain").verdict == before
    assert told(box, "tagged").verdict == after


def test_who_ticked_a_box_is_said(make_job, told, settings):
    settings.CRONMGMT = {"AUDITED": {"3.3.5": "Uptime asks each minute."}}
    make_job(tags=["audit:3.4.5"])

    assert told("3.3.5").sentence == "The site says so: Uptime asks each minute."
    assert told("3.4.5").sentence == "Somebody says so: the tag audit:3.4.5."
