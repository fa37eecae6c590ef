"""How long a login lasts, and how soon what was withdrawn there is withdrawn here."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.contrib.auth import get_user, get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone

from cronmgmt.models import ScheduledJob
from cronmgmt.oidc.middleware import ROLLED

pytestmark = [pytest.mark.django_db, pytest.mark.part("0.4")]

SCRIPT = {"HTTP_SEC_FETCH_DEST": "empty"}


@pytest.fixture
def expired(client, log_in):
    """Log in, and let the time be over after which the provider is asked again."""
    log_in()

    def let_expire():
        session = client.session
        session["oidc_id_token_expiration"] = time.time() - 1
        session.save()

    let_expire()
    return let_expire


def test_in_time_nobody_is_sent_anywhere(log_in, client):
    log_in()

    assert client.get("/cron/").status_code == 200


def test_the_provider_confirms_without_being_seen(provider, expired, client):
    answer = client.get("/cron/?tag=night")

    assert answer.status_code == 302
    assert "prompt=none" in answer["Location"]
    back = client.get(provider.authorize(answer["Location"]))
    assert back["Location"] == "/cron/?tag=night"
    assert client.get("/cron/").status_code == 200


def test_rights_withdrawn_there_are_gone_here(provider, expired, client):
    provider.person["roles"] = ["look"]
    client.get(provider.authorize(client.get("/cron/")["Location"]))

    user = get_user_model().objects.get()
    assert not user.has_perm("cronmgmt.trigger_scheduledjob")
    assert user.has_perm("cronmgmt.view_scheduledjob")


def test_who_is_logged_out_there_is_logged_out_here(provider, expired, client):
    provider.logged_in = False

    back = client.get(provider.authorize(client.get("/cron/")["Location"]))

    assert back.status_code == 403
    assert not get_user(client).is_authenticated


def test_what_is_sent_when_rights_are_due_is_not_done(expired, client, make_job):
    make_job("nightly")

    answer = client.post(
        "/cron/trigger/nightly", HTTP_REFERER="http://testserver/cron/x"
    )

    assert (answer.status_code, answer["Location"]) == (302, "http://testserver/cron/x")
    assert not ScheduledJob.objects.get().runs.exists()


@pytest.mark.parametrize(
    "referer", ["", "https://evil.example/", "http://testserver.evil/"]
)
def test_it_leads_to_no_other_site(expired, client, make_job, referer):
    make_job("nightly")

    assert client.post("/cron/trigger/nightly", HTTP_REFERER=referer)["Location"] == "/"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_script_is_told_instead_of_being_sent_away(expired, client, method):
    answer = getattr(client, method)("/cron/status", **SCRIPT)

    assert answer.status_code == 401
    assert "load the page again" in answer.json()["error"]


def test_other_ways_to_log_in_are_left_alone(provider, client, settings):
    backend = "django.contrib.auth.backends.ModelBackend"
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, backend]
    boss = get_user_model().objects.create_superuser("boss")
    client.force_login(boss, backend)

    assert client.get("/cron/").status_code == 200


def ends_in():
    return Session.objects.get().expire_date - timezone.now()


def test_a_session_rolls_on_while_somebody_uses_it(log_in, client):
    log_in()
    week = timedelta(days=7)
    assert timedelta(0) <= week - ends_in() < timedelta(minutes=5)
    session = client.session
    session[ROLLED] = time.time() - 2 * 3600
    session.save()
    Session.objects.update(expire_date=timezone.now() + timedelta(days=3))

    client.get("/cron/?live=1", **SCRIPT)
    assert ends_in() < timedelta(days=4), "a page that is left open is nobody's use"
    answer = client.get("/cron/")
    assert week - ends_in() < timedelta(minutes=5)
    assert answer.cookies["sessionid"]["max-age"] == week.total_seconds()


def test_it_is_not_written_at_every_request(log_in, client):
    log_in()
    client.get("/cron/")
    Session.objects.update(expire_date=timezone.now() + timedelta(days=3))

    client.get("/cron/")

    assert ends_in() < timedelta(days=4)
