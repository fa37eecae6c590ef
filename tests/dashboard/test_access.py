"""Who is let in, whatever else the site has set up."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as site
from django.db import connection

from cronmgmt.models import Activity, JobRun

LOGIN_EVERYWHERE = "django.contrib.auth.middleware.LoginRequiredMiddleware"


@pytest.fixture
def strict_site(settings):
    settings.MIDDLEWARE = [*site.MIDDLEWARE, LOGIN_EVERYWHERE]


def test_a_site_that_wants_a_login_everywhere_still_answers_programs(
    client, strict_site
):
    assert client.get("/cron/status").status_code == 401
    assert client.get("/cron/health").status_code == 200
    assert client.get("/cron/").status_code == 302


def test_the_login_is_the_site_s_own(client, settings):
    settings.LOGIN_URL = "/oidc/authenticate/"

    answer = client.get("/cron/jobs/members?before=7")

    wanted = "/oidc/authenticate/?next=/cron/jobs/members%3Fbefore%3D7"
    assert answer["Location"] == wanted


def test_after_a_late_login_nobody_lands_on_a_verb(client):
    answer = client.post("/cron/trigger/members", {"next": "/cron/jobs/members"})

    assert answer["Location"] == "/accounts/login/?next=/cron/jobs/members"


def test_a_refused_attempt_is_kept_where_each_request_is_a_transaction(
    bob, make_job, monkeypatch
):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    make_job()

    bob.post("/cron/trigger/members")

    assert Activity.objects.get().allowed is False


def test_the_button_on_the_page_passes_the_csrf_check(logged_in, make_job):
    make_job()
    rights = ("view_scheduledjob", "trigger_scheduledjob")
    careful = logged_in("dora", *rights, enforce_csrf_checks=True)

    page = careful.get("/cron/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    answer = careful.post("/cron/trigger/members", {"csrfmiddlewaretoken": token})

    assert answer.status_code == 303
    assert JobRun.objects.count() == 1


def test_a_person_who_may_trigger_but_not_look_is_told_so_without_a_way_back(
    logged_in, make_job
):
    make_job()
    blind = logged_in("dora", "trigger_scheduledjob")
    blind.post("/cron/trigger/members")

    answer = blind.post("/cron/trigger/members")

    assert answer.status_code == 409
    assert b"Back" not in answer.content


@pytest.mark.parametrize("path", ["/cron/activity", "/cron/jobs/nowhere"])
def test_a_refusal_names_who_is_logged_in_and_where_they_may_go(logged_in, path):
    carol = logged_in("carol", "view_scheduledjob", "view_jobrun")

    page = carol.get(path).content.decode()

    assert re.search(r'class="who">.*carol', page)
    assert 'href="/cron/runs"' in page
