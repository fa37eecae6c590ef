"""A page that is looked at again: only what changed is sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from cronmgmt.dashboard.live import fingerprint
from cronmgmt.models import Status


@pytest.fixture
def look(alice):
    """Look again at a page, as a browser does that has seen ``tag``."""

    def look(path, tag="", **headers):
        return alice.get(path, headers={"If-None-Match": tag, **headers})

    return look


@pytest.mark.part("0.2")
@pytest.mark.parametrize("path", ["/cron/?live=1", "/cron/jobs/members?live=1"])
def test_nothing_is_sent_while_nothing_changes(look, make_job, clock, path):
    make_job(last_started_at=clock.time - timedelta(hours=3))
    first = look(path)

    clock.time += timedelta(seconds=5)
    second = look(path, first["ETag"])

    assert second.status_code == 304
    assert second.content == b""
    assert second["ETag"] == first["ETag"]
    assert second["X-Cronmgmt-Now"] == "2026-06-01T12:00:05+00:00"


@pytest.mark.parametrize("path", ["/cron/?live=1", "/cron/jobs/members?live=1"])
def test_what_changed_is_sent(look, make_job, make_run, clock, path):
    job = make_job()
    first = look(path)

    make_run(job, Status.RUNNING)
    second = look(path, first["ETag"])

    assert second.status_code == 200
    assert b"state-running" in second.content
    assert second["X-Cronmgmt-Seconds"] == "5"


def test_the_page_tells_its_own_tag_so_that_the_first_look_is_cheap(
    alice, look, make_job, clock
):
    make_job()
    page = alice.get("/cron/").content.decode()
    tag = look("/cron/?live=1")["ETag"].strip('"')

    assert f'data-tag="&quot;{tag}&quot;"' in page


def test_a_tag_that_a_proxy_made_weak_is_recognised(look, make_job, clock):
    make_job()
    tag = look("/cron/?live=1")["ETag"]

    assert look("/cron/?live=1", f"W/{tag}").status_code == 304


def test_another_language_or_time_zone_is_another_page(now):
    context = {"row": now}
    plain = fingerprint(context)

    with translation.override("es"):
        assert fingerprint(context) != plain
    with timezone.override("Asia/Tokyo"):
        assert fingerprint(context) != plain
    assert fingerprint(context) == plain


def test_two_readers_do_not_share_a_page(bob, look, make_job, clock):
    make_job(last_error="no route to host")
    tag = look("/cron/?live=1")["ETag"]

    answer = bob.get("/cron/?live=1", headers={"If-None-Match": tag})

    assert answer.status_code == 200
    assert b"no route" not in answer.content
