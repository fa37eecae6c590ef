"""``api/jobs/process-pending`` and ``api/jobs/status``, as programs meet them."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connections
from django.test import Client

from cronmgmt.engine.processing import Tally
from cronmgmt.engine.ticking import TickFailed
from cronmgmt.models import Node, Status
from cronmgmt.processor import views

pytestmark = pytest.mark.django_db

SECRET = "the-secret-of-the-tests"
TICK, STATUS = "/api/jobs/process-pending", "/api/jobs/status"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _secret(settings):
    settings.CRONMGMT = {"CRON_SECRET": SECRET}


@pytest.fixture
def ticks(monkeypatch):
    """Ticks that only count themselves."""
    ticks = []

    def tick():
        ticks.append(time.monotonic())
        return Tally(begun=3, succeeded=2)

    monkeypatch.setattr(views, "tick", tick)
    return ticks


def post(path=TICK, secret=SECRET, **options):
    headers = {} if secret is None else {"X-Cron-Secret": secret}
    client = Client(enforce_csrf_checks=True)
    return client.post(path, headers=headers, **options)


@pytest.mark.part("1.1")
@pytest.mark.parametrize("path", [TICK, f"{TICK}/"])
def test_a_tick_answers_what_was_processed(ticks, path):
    answer = post(path)

    told = answer.json()
    assert answer.status_code == 200
    assert (told.pop("processed"), told.pop("failed")) == (2, 1)
    assert isinstance(told.pop("duration"), int)
    assert not told
    assert len(ticks) == 1


@pytest.mark.part("1.1")
@pytest.mark.parametrize(
    "secret",
    [
        None,
        "",
        "wrong",
        SECRET[:-1],
        f"{SECRET}x",
        SECRET.upper(),
        "sécret",
        "\udce9",
        "\x00",
        "x" * 1_000_000,
    ],
    ids=lambda secret: str(secret)[:30].encode("unicode_escape").decode(),
)
def test_whoever_has_not_the_secret_is_refused(ticks, secret):
    answer = post(secret=secret)

    assert (answer.status_code, answer.json()) == (403, {"error": "Forbidden"})
    assert ticks == []


def test_whoever_guesses_secrets_is_not_heard_for_a_while(ticks, settings):
    settings.CRONMGMT = {"CRON_SECRET": SECRET, "WRONG_CREDENTIALS": 2}
    assert post().status_code == 200

    answers = [post(secret=f"wrong {number}") for number in range(3)]

    assert [each.status_code for each in answers] == [403, 403, 429]
    assert "wrong secrets" in answers[-1].json()["error"]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert [post(secret=None).status_code, post().status_code] == [403, 200]
    elsewhere = post(secret="wrong", REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 403
    guess = status(**{"X-Cron-Secret": "wrong 4"})
    assert guess.status_code == 429


def test_without_a_secret_there_is_none_to_guess(settings):
    settings.CRONMGMT = {"WRONG_CREDENTIALS": 1}

    answers = [status(**{"X-Cron-Secret": str(number)}) for number in range(3)]

    assert {each.status_code for each in answers} == {403}


@pytest.mark.part("1.1")
def test_two_secrets_are_right_while_one_takes_the_others_place(ticks, settings):
    settings.CRONMGMT = {"CRON_SECRET": "new", "CRON_SECRET_BEFORE": "old"}

    statuses = [post(secret=each).status_code for each in ("new", "old", SECRET)]

    assert statuses == [200, 200, 403]


@pytest.mark.parametrize("set_", [{}, {"CRON_SECRET_BEFORE": SECRET}])
def test_without_a_secret_there_is_no_such_endpoint(ticks, settings, set_):
    settings.CRONMGMT = set_

    assert [post(secret=each).status_code for each in (SECRET, "", None)] == [404] * 3
    assert ticks == []


def test_only_a_post_ticks(ticks, client):
    assert client.get(TICK, headers={"X-Cron-Secret": SECRET}).status_code == 405
    assert ticks == []


@pytest.mark.parametrize("error", [TickFailed("no"), OperationalError("away")])
def test_a_tick_that_cannot_be_done_says_so(monkeypatch, error):
    def tick():
        raise error

    monkeypatch.setattr(views, "tick", tick)

    answer = post()

    assert answer.status_code == 503
    assert "log" in answer.json()["error"]


def test_whatever_is_sent_along_is_left_alone(ticks):
    answer = post(data="{" * 1000, content_type="application/json")

    assert answer.status_code == 200


def test_a_request_has_no_transaction_around_it():
    marks = views.process_pending._non_atomic_requests

    assert marks == set(connections)


@pytest.mark.parametrize("path", [TICK, STATUS])
def test_a_site_that_asks_everybody_to_log_in_does_not_ask_here(ticks, settings, path):
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]

    assert Client().post(path).status_code in (403, 405)


# The status.


def status(client=None, **headers):
    return (client or Client()).get(STATUS, headers=headers)


@pytest.mark.part("1.4")
@pytest.mark.parametrize("path", [STATUS, f"{STATUS}/"])
def test_the_status_counts_and_judges(clock, make_run, path):
    Node.objects.create(
        name="tick", pid=1, started_at=clock.time, seen_at=clock.time - MINUTE
    )
    make_run()
    make_run(status=Status.RUNNING)
    make_run(status=Status.SUCCEEDED)
    make_run(status=Status.TIMED_OUT)

    answer = Client().get(path, headers={"X-Cron-Secret": SECRET})

    assert answer.json() == {
        "queue": {"pending": 1, "running": 1, "completed_24h": 1, "failed_24h": 1},
        "healthy": True,
    }


@pytest.mark.part("1.4")
def test_a_viewers_session_may_read_it(make_user):
    bob, charlie = Client(), Client()
    bob.force_login(make_user("bob", "view_scheduledjob"))
    charlie.force_login(make_user("charlie"))

    assert status(bob).status_code == 200
    assert status(charlie).status_code == 403


@pytest.mark.part("1.4")
def test_it_is_public_only_by_setting(settings):
    refused = status()
    settings.CRONMGMT = {"STATUS_IS_PUBLIC": True}

    assert (refused.status_code, refused.json()) == (403, {"error": "Forbidden"})
    assert status().status_code == 200


def test_a_wrong_secret_is_no_better_than_none():
    assert status(**{"X-Cron-Secret": "wrong"}).status_code == 403
    assert status(**{"X-Cron-Secret": "é"}).status_code == 403


def test_a_site_without_logins_can_be_asked_with_the_secret(settings):
    settings.MIDDLEWARE = []

    assert status().status_code == 403
    assert status(**{"X-Cron-Secret": SECRET}).status_code == 200


def test_nothing_can_be_posted_to_it():
    assert post(STATUS).status_code == 405
