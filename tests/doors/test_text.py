"""What a person or a handler fills in stays text on every page there is.

Every field of every row is filled with what a browser would run; every address of the
dashboard and of the admin is asked for, so a page that is new is looked at as well.
"""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.db import models

from cronmgmt.models import (
    Activity,
    Calendar,
    Gap,
    Node,
    Pause,
    RunLog,
    Status,
    TargetResult,
)
from tests.doors.table import TABLE
from tests.doors.test_dashboard import address

NASTY = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7|add:7 }}"
"""What stays text wherever it is shown."""

CHOSEN = {
    "name",
    "job_name",
    "handler",
    "timezone",
    "schedule_kind",
    "schedule_expression",
    "set_aside_reason",
    "action",
    "last_status",
    "claim_token",
    "waits_for",
}
"""What decides which row it is, or how the app reads it, and has forms of its own."""


class Tags(HTMLParser):
    """What of a page a browser would run."""

    def __init__(self, page):
        super().__init__()
        self.found, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if given.get("src") == "x" or (tag == "script" and _is_inline(given)):
            self.found.append((tag, given))
        self.found += [(tag, each) for each in attrs if each[0].startswith("on")]

    def handle_data(self, data):
        self.text += data


def _is_inline(given):
    return "src" not in given and given.get("type") != "application/json"


def nasty(model):
    """Return what is nasty for every text of a model."""
    texts = [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not (field.choices or field.unique or field.name in CHOSEN)
        and (field.max_length or 500) >= 40
    ]
    return {field.name: NASTY[: field.max_length] for field in texts}


def fill(row, **others):
    """Write what is nasty into a row, past all that would refuse it."""
    type(row).objects.filter(pk=row.pk).update(**nasty(type(row)) | others)


@pytest.fixture
def filled(scene, now):
    """Fill a row of each model, and return the run that is shown."""
    job, run = scene.jobs["members"], scene.runs["members"]
    data, done = {NASTY: NASTY}, {"at": now, "action": "edit", "allowed": True}
    done |= {"before": data, "after": data, "job_key": job.pk, "job_name": job.name}
    times = {"first": now, "last": now, "count": 2, "created_at": now}
    fill(job, tags=[NASTY[:40]], params=data, enabled=False)
    fill(run, status=Status.FAILED, params=data, result=data)
    fill(RunLog.objects.create(run=run, attempt=1, at=now))
    result = {"run": run, "attempt": 1, "started_at": now, "duration": 1}
    fill(TargetResult.objects.create(**result, status=Status.FAILED))
    Activity.objects.create(**nasty(Activity) | done)
    fill(Gap.objects.create(job=job, kind="off", **times))
    fill(Node.objects.create(name="n", pid=1, workers=1, seen_at=now, started_at=now))
    fill(Pause.objects.create(scope="tag", since=now))
    fill(Calendar.objects.create(name="closed"))
    return run


def looked_at(scene):
    """Return the addresses of all pages of the dashboard and of the app's admin."""
    yield from (
        f"{address(route, scene, 'manager')}{query}"
        for route, methods in TABLE.items()
        if "GET" in methods
        for query in ("", "?live=1")
    )
    yield f"/cron/bulk?action=off&job=members&next={NASTY}"
    yield f"/cron/?q={NASTY}&tag={NASTY}&owner={NASTY}&state={NASTY}"
    yield f"/cron/runs?job={NASTY}&text={NASTY}&person={NASTY}&state={NASTY}"
    yield f"/cron/activity?person={NASTY}&job={NASTY}&since={NASTY}"
    yield f"/cron/jobs/{NASTY}"
    for model in admin.site._registry:
        if model._meta.app_label == "cronmgmt":
            base = f"/admin/cronmgmt/{model._meta.model_name}/"
            yield base
            yield f"{base}?q={NASTY}"
            row = model._default_manager.last()
            if row:
                yield f"{base}{row.pk}/change/"
                yield f"{base}{row.pk}/history/"


def test_what_was_filled_in_is_text_on_every_page(people, scene, filled):
    client = people("manager", staff=True)
    shown, run = set(), []

    for path in looked_at(scene):
        answer = client.get(path)
        if "html" not in answer.get("Content-Type", "") or answer.streaming:
            continue
        tags = Tags(answer.content.decode())
        run += [(path, *each) for each in tags.found]
        if "<script>alert(1)" in tags.text:
            shown.add(path)

    assert run == []
    # It is there to be seen, and not only left out.
    assert len(shown) > 12, sorted(shown)
    assert {f"/cron/runs/{filled.execution_id}", "/cron/jobs/members"} <= shown


def test_a_page_that_would_run_something_is_noticed():
    for page in (NASTY, "<p onclick='x'>", "<script>1</script>"):
        assert Tags(page).found
    assert not Tags(f"<p title='a'>{NASTY.replace('<', '&lt;')}</p>").found
