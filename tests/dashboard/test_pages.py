"""Who sees which page, and what no page does."""

from __future__ import annotations

import re
import uuid

import pytest

from cronmgmt.models import RunLog, ScheduledJob, Status

EVIL = '<script>alert("x")</script>'


@pytest.fixture
def paths(make_job, make_run):
    run = make_run(make_job())
    return [
        "/cron/",
        "/cron/?live",
        "/cron/jobs/members",
        "/cron/jobs/members/",
        "/cron/jobs/members?live",
        f"/cron/runs/{run.execution_id}",
        f"/cron/runs/{run.execution_id}/?live",
        f"/cron/runs/{run.execution_id}/log",
    ]


def test_who_may_look_sees_every_page(bob, paths):
    assert [bob.get(path).status_code for path in paths] == [200] * len(paths)


def test_strangers_are_sent_to_the_login(client, paths):
    for path in paths:
        answer = client.get(path)

        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/?next=/cron/")


def test_charlie_sees_a_clear_refusal_and_nothing_else(charlie, paths):
    for path in paths:
        answer = charlie.get(path)

        assert answer.status_code == 403
        assert b"logged in as charlie" in answer.content
        assert b"members" not in answer.content


def test_what_does_not_exist_is_404(bob):
    assert bob.get("/cron/jobs/nobody").status_code == 404
    assert bob.get(f"/cron/runs/{uuid.uuid4()}").status_code == 404


def test_nothing_is_done_by_looking(alice, paths):
    for path in paths:
        assert alice.post(path).status_code == 405


def test_no_text_becomes_markup(alice, make_job, make_run, now):
    texts = dict.fromkeys(["title", "description", "purpose", "owner"], EVIL)
    job = make_job(**texts, last_error=EVIL, tags=[EVIL], params={EVIL: EVIL})
    ScheduledJob.objects.update(enabled=False, off_reason=EVIL, off_by=EVIL)
    run = make_run(
        job,
        status=Status.FAILED,
        reason=EVIL,
        error_message=EVIL,
        error_class=EVIL,
        traceback=EVIL,
        result=EVIL,
        requested_by=EVIL,
        worker=EVIL,
        params={EVIL: EVIL},
    )
    RunLog.objects.create(run=run, attempt=1, at=now, text=EVIL)

    for path in ["/cron/", "/cron/jobs/members", f"/cron/runs/{run.execution_id}"]:
        page = alice.get(path).content.decode()
        assert "alert" in page
        assert EVIL not in page


def test_a_strict_content_security_policy_would_not_break_the_pages(alice, paths):
    for path in paths:
        page = alice.get(path).content.decode()

        assert not re.search(r"<[^>]+\s(style|on\w+)=", page)
        assert not re.search(r"<script(?![^>]*\ssrc=)", page)
        assert "<style" not in page
