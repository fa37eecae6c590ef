"""Who is mailed at the end of what a program starts."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.test import Client

from cronmgmt.engine import actions
from cronmgmt.models import Activity, JobRun, Status
from tests.api.conftest import Program

pytestmark = pytest.mark.part("1.6")

DORA, OPS = "dora@example.org", "ops@example.org"


@pytest.fixture(autouse=True)
def _own_domain(settings):
    settings.DEFAULT_FROM_EMAIL = "platform@example.org"


@pytest.fixture
def dora(make_user):
    client = Client()
    rights = ("trigger_scheduledjob", "rerun_jobrun", "add_jobrun")
    client.force_login(make_user("dora", *rights, email=DORA))
    return Program(client)


@pytest.fixture
def paths(make_job, make_run):
    """What starts a run, and what it takes besides."""
    run = make_run(make_job("nightly"), Status.SUCCEEDED)
    return {
        "trigger": ("jobs/nightly/trigger", {}),
        "retry": (f"runs/{run.execution_id}/retry", {}),
        "enqueue": ("enqueue", {"handler": "t:nothing"}),
    }


@pytest.mark.parametrize("how", ["trigger", "retry", "enqueue"])
def test_those_who_are_named_and_who_asks_are_mailed(dora, paths, how):
    path, body = paths[how]

    answer = dora("POST", path, {**body, "notify": [OPS, "me"]})

    assert answer.status_code == 202, answer.content
    assert JobRun.objects.latest("pk").notify == [OPS, DORA]


@pytest.mark.parametrize("how", ["trigger", "retry", "enqueue"])
@pytest.mark.parametrize(
    "wrong", [OPS, [5], ["no address"], [f"{n}@b.example" for n in range(51)]], ids=str
)
def test_what_is_no_address_is_refused(dora, paths, how, wrong):
    path, body = paths[how]

    answer = dora("POST", path, {**body, "notify": wrong})

    assert answer.status_code == 400
    assert "notify" in answer.json()["detail"]
    assert JobRun.objects.count() == 1


def test_who_has_no_address_is_told_so(paths):
    _, secret = actions.make_key("deploys", ["operator"], actions.CODE)
    key = Program(Client(headers={"Authorization": f"Bearer {secret}"}))

    answer = key("POST", "jobs/nightly/trigger", {"notify": ["me"]})

    assert answer.status_code == 400
    assert answer.json()["detail"] == "notify: you have no e-mail address here."


@pytest.mark.parametrize("how", ["trigger", "retry", "enqueue"])
def test_nobody_makes_the_site_write_to_strangers(dora, paths, settings, how):
    settings.DEFAULT_FROM_EMAIL = "Platform <noreply@example.org>"
    path, body = paths[how]

    answer = dora("POST", path, {**body, "notify": [OPS, "a@evil.example.org"]})

    assert answer.status_code == 400
    assert "notify: a@evil.example.org: no user" in answer.json()["detail"]
    assert JobRun.objects.count() == 1
    assert "evil" in Activity.objects.get(allowed=False).reason


@pytest.mark.parametrize(
    ("domains", "address", "status"),
    [
        ([], "Erin@Home.example", 202),  # a user's
        ([], "gone@home.example", 400),  # one who is there no more
        ([], "x@home.example", 400),
        (["home.example"], "x@HOME.example", 202),
        (["home.example"], "x@the.home.example", 400),
        (["home.example"], "x@sweethome.example", 400),
        ([".home.example"], "x@the.home.example", 202),
        (["*"], "x@anywhere.example", 202),
    ],
)
def test_the_site_says_to_whom_else(
    dora, paths, make_user, settings, domains, address, status
):
    settings.CRONMGMT = {"NOTIFY_DOMAINS": domains}
    make_user("erin", email="erin@home.example")
    make_user("gone", email="gone@home.example", is_active=False)
    path, body = paths["trigger"]

    answer = dora("POST", path, {**body, "notify": [address]})

    assert answer.status_code == status, answer.content


def test_the_sites_own_code_may_write_to_anybody(paths):
    run = actions.trigger("nightly", actions.CODE, notify=["x@anywhere.example"])

    assert run.notify == ["x@anywhere.example"]


@pytest.mark.parametrize("wrong", ["ops@example.com", "", "*.example.com", "a b"])
def test_what_is_no_domain_is_an_error_of_the_check(settings, wrong):
    settings.CRONMGMT = {"NOTIFY_DOMAINS": [wrong]}

    assert "cronmgmt.E014" in {message.id for message in run_checks()}
