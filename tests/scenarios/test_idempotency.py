"""Requests under one key to a real web server: one run, whatever it comes to."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

import pytest

from cronmgmt.clock import sql_now
from cronmgmt.models import ApiKey, KeptAnswer
from cronmgmt.text import digest
from tests.scenarios.site.fragile.apps import FILE
from tests.scenarios.waiting import wait_until

pytestmark = [pytest.mark.part("2.2"), pytest.mark.part("4.1")]

SECRET = "cmk_the-secret-of-the-scenarios"
CALLERS = 10
KEYS = 4


@pytest.fixture
def url(site):
    """A site with two web processes, and the address at which to trigger a job."""
    site.apps = ["tests.scenarios.site.fragile"]
    site.conf = {"API_RATE": ""}
    site.call("cronmgmt", "apply")
    facts = {"name": "k", "roles": ["operator"], "made_by": "", "made_at": sql_now()}
    keys = ApiKey.objects.using(site.database.alias)
    keys.create(digest=digest(SECRET), **facts)
    _, root = site.serve("--workers=2", "--threads=6", "--timeout=60")
    return f"{root}/api/v1/scheduler/jobs/naps/trigger"


def send(url, key, seconds=0.1):
    """Trigger; returns the status, whether it is an earlier answer, and the answer."""
    body = json.dumps({"params": {"seconds": seconds}}).encode()
    headers = {
        "Authorization": f"Bearer {SECRET}",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
    }
    request = urllib.request.Request(url, body, headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            replayed = "Idempotency-Replayed" in answer.headers
            return answer.status, replayed, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, "Retry-After" in error.headers, error.read()


def test_ten_at_once_make_one_run(site, url):
    start = threading.Barrier(CALLERS)

    def call(key):
        start.wait(30)
        return send(url, key)

    for number in range(KEYS):
        with ThreadPoolExecutor(CALLERS) as callers:
            answers = list(callers.map(call, [f"key {number}"] * CALLERS))

        told = Counter((status, flag) for status, flag, _ in answers)
        assert told[202, False] == 1
        # The others were told the same, or when to ask again.
        assert set(told) <= {(202, False), (202, True), (409, True)}
        assert len({body for status, _, body in answers if status == 202}) == 1
        assert send(url, f"key {number}")[:2] == (202, True)
        assert send(url, f"key {number}", seconds=0.2)[0] == 422
    assert site.runs(job_name="naps").count() == KEYS


@pytest.mark.chaos
def test_a_process_that_dies_before_it_answers_leaves_no_run_and_a_free_key(site, url):
    (site.folder / FILE).touch()
    for _ in range(2):
        with pytest.raises((OSError, HTTPException)):
            send(url, "key")
    assert not site.runs(job_name="naps").exists()
    kept = KeptAnswer.objects.using(site.database.alias)
    assert kept.get().status is None

    (site.folder / FILE).unlink()
    # The lock of who died goes when the database notices; a new process comes up.
    answer = wait_until(lambda: answered(url, "key"), 30, "the key is free")

    assert answer[:2] == (202, False)
    assert send(url, "key") == (202, True, answer[2])
    assert site.runs(job_name="naps").count() == 1


def answered(url, key):
    """Return the answer; None while the key is held or nobody listens."""
    try:
        answer = send(url, key)
    except (OSError, HTTPException):
        return None
    return None if answer[0] == 409 else answer
