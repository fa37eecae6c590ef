"""What programs ask: status and health."""

from __future__ import annotations

import pytest
from django.db import DatabaseError

from cronmgmt import queries
from cronmgmt.models import Status

JSON = {"accept": "application/json"}
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.part("0.3")
def test_the_status_tells_what_every_job_does(bob, make_job, make_run, now):
    job = make_job(last_started_at=now, last_duration=1.25)
    make_run(job, status=Status.RUNNING)

    answer = bob.get("/cron/status")

    (told,) = answer.json()["jobs"]
    wanted = {
        "name": "members",
        "status": "running",
        "lastRun": "2026-06-01T12:00:00+00:00",
        "nextRun": "2026-06-02T07:15:00+00:00",
        "duration": 1.25,
        "error": None,
    }
    assert wanted.items() <= told.items()


@pytest.mark.parametrize("path", ["/cron/status", "/cron/status/"])
def test_the_status_is_there_with_and_without_a_slash(bob, path):
    assert bob.get(path).json() == {"jobs": []}


def test_an_error_is_told_to_those_who_may_read_it(alice, make_job):
    make_job(last_error="no route to host")

    (told,) = alice.get("/cron/status").json()["jobs"]

    assert (told["status"], told["error"]) == ("error", "no route to host")


def test_others_learn_only_that_there_is_an_error(bob, make_job):
    make_job(last_error="no route to host")

    answer = bob.get("/cron/status")

    (told,) = answer.json()["jobs"]
    assert told["status"] == "error"
    assert told["error"]
    assert b"no route" not in answer.content


@pytest.mark.parametrize("headers", [{}, JSON])
def test_a_program_that_is_not_logged_in_gets_401(client, headers):
    answer = client.get("/cron/status", headers=headers)

    assert answer.status_code == 401
    assert list(answer.json()) == ["error"]


def test_a_browser_that_is_not_logged_in_gets_the_login(client):
    answer = client.get("/cron/status", headers=BROWSER)

    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/cron/status"


def test_charlie_is_told_nothing(charlie, make_job):
    make_job()

    answer = charlie.get("/cron/status")

    assert answer.status_code == 403
    assert b"members" not in answer.content


def test_the_status_is_never_cached(bob):
    assert "no-store" in bob.get("/cron/status")["Cache-Control"]


@pytest.mark.parametrize("count", [5, 200])
def test_the_status_costs_the_same_for_any_number_of_jobs(
    bob, make_job, django_assert_max_num_queries, count
):
    for number in range(count):
        make_job(f"job-{number}")

    with django_assert_max_num_queries(7):
        bob.get("/cron/status")


@pytest.mark.parametrize("path", ["/cron/health", "/cron/health/"])
def test_anyone_may_ask_whether_the_site_is_up(client, path):
    answer = client.get(path)

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_health_looks_at_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/cron/health")


def test_health_is_503_without_details_when_the_database_is_down(client, monkeypatch):
    def down():
        raise DatabaseError("could not connect to db.internal")

    monkeypatch.setattr(queries, "is_reachable", down)

    answer = client.get("/cron/health")

    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable"}
