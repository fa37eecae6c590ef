"""Every door of the REST API, and who may pass it."""

from __future__ import annotations

import json
from functools import partial

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from cronmgmt.api import urls
from cronmgmt.engine.roles import ROLE_NAMES
from cronmgmt.models import Activity, OidcIdentity
from cronmgmt.text import digest
from tests.doors.conftest import GROUPS
from tests.doors.table import PEOPLE
from tests.doors.test_dashboard import filled, state, walk
from tests.tokens import ISSUER, bearer, take_tokens

pytestmark = [pytest.mark.part("0.5"), pytest.mark.part("2.2")]

LOOKING = "401 403 403 200 200 200 200 200"
LOOKING_AT_ONE = "401 403 403 200 200 200 404 200"
OPERATING_ONE = "401 403 403 403 202 202 404 403"
SWITCHING = "401 403 403 403 200 200 404 403"
MANAGING = "401 403 403 403 403 201 403 403"

NEW = {"jobName": "new", "cronExpression": "* * * * *", "handler": "t:nothing"}

# Route -> method -> statuses, and what is sent. What is not here must be 405.
TABLE = {
    "jobs": {"GET": (LOOKING, {}), "POST": (MANAGING, NEW)},
    "jobs/<str:name>": {
        "GET": (LOOKING_AT_ONE, {}),
        "PATCH": ("401 403 403 403 403 200 403 403", {"title": "another"}),
        "DELETE": ("401 403 403 403 403 204 403 403", {}),
    },
    "jobs/<str:name>/off": {"POST": (SWITCHING, {"reason": "why not"})},
    "jobs/<str:name>/on": {"POST": (SWITCHING, {})},
    "jobs/<str:name>/next": {"GET": (LOOKING_AT_ONE, {})},
    "jobs/<str:name>/why": {"GET": (LOOKING_AT_ONE, {})},
    "runs": {"GET": (LOOKING, {})},
    "runs/bulk": {
        "POST": (
            "401 403 403 403 200 200 200 200",
            {"verb": "rerun", "executionIds": ["{run}"]},
        )
    },
    "runs/<str:execution_id>": {"GET": (LOOKING_AT_ONE, {})},
    "runs/<str:execution_id>/log": {"GET": (LOOKING_AT_ONE, {})},
    "runs/<str:execution_id>/retry": {"POST": (OPERATING_ONE, {})},
    # The run is finished: who may cancel is told that it is too late.
    "runs/<str:execution_id>/cancel": {"POST": ("401 403 403 403 409 409 404 403", {})},
    "enqueue": {"POST": ("401 403 403 403 403 202 403 403", {"handler": "t:nothing"})},
    "nodes": {"GET": (LOOKING, {})},
    "activity": {"GET": ("401 403 403 403 403 200 403 403", {})},
    "jobs/<str:name>/trigger": {"POST": (OPERATING_ONE, {"reason": "why not"})},
    "jobs/<str:name>/last-result": {"GET": (LOOKING_AT_ONE, {})},
    "schema": {"GET": ("401 200 200 200 200 200 200 200", {})},
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ELSEWHERE = "<path:anything>"
CONVERTED = {"<str:name>": "{job}", "<str:execution_id>": "{run}"}

CELLS = [
    pytest.param(route, method, statuses, id=f"{method} /{route}")
    for route, methods in TABLE.items()
    for method, (statuses, _) in methods.items()
]
VERBS = [each for each in CELLS if each.values[1] != "GET"]


@pytest.fixture(autouse=True)
def _nobody_has_asked_before():
    cache.clear()


def ask(client, method, route, scene, person, **headers):
    path = f"/api/v1/scheduler/{route}"
    for name, value in CONVERTED.items():
        path = path.replace(name, value)
    sent = TABLE.get(route.removesuffix("/"), {}).get(method, ("", {}))[1]
    body = filled(json.dumps(sent), scene, person) if sent else ""
    if method == "PATCH":
        headers["If-Match"] = f'"{scene.jobs[scene.of(person)[0]].revision}"'
    return client.generic(
        method,
        filled(path, scene, person),
        body,
        content_type="application/json",
        headers=headers,
    )


def test_every_url_is_in_the_table():
    found = {route.removesuffix("/") for route in walk(urls.urlpatterns)}

    assert found == {*TABLE, ELSEWHERE}


@pytest.mark.parametrize(("route", "method", "statuses"), CELLS)
@pytest.mark.parametrize("slash", ["", "/"])
def test_each_role_gets_what_the_table_says(
    people, scene, tried, route, method, statuses, slash
):
    def status(person):
        client = people(person, raise_request_exception=False)
        return tried(partial(ask, client, method, route + slash, scene, person))

    got = {person: status(person) for person in PEOPLE}

    assert got == dict(zip(PEOPLE, map(int, statuses.split()), strict=True))


@pytest.fixture
def by_token(settings, monkeypatch, people):
    """Let somebody send an access token of the login provider instead of a cookie.

    The groups that are not ours they have here: no token gives those.
    """
    take_tokens(settings, monkeypatch)

    def send(name):
        if name == "anonymous":
            return Client(raise_request_exception=False)
        people(name)
        roles = [each.removeprefix("cronmgmt ") for each in GROUPS[name]]
        headers = bearer(name, *(each for each in roles if each in ROLE_NAMES))
        user = get_user_model().objects.get(username=name)
        key = digest(ISSUER, f"test|{name}")
        known = {"issuer": ISSUER, "subject": f"test|{name}", "user": str(user.pk)}
        OidcIdentity.objects.get_or_create(key=key, defaults=known)
        options = {"enforce_csrf_checks": True, "raise_request_exception": False}
        return Client(headers=headers, **options)

    return send


@pytest.mark.parametrize(("route", "method", "statuses"), CELLS)
def test_a_token_of_the_provider_may_what_its_roles_may(
    by_token, scene, tried, route, method, statuses
):
    wanted = dict(zip(PEOPLE, map(int, statuses.split()), strict=True))
    wanted["outsider"] = 403  # Who has no role is not let in at all.

    def status(person):
        asking = partial(ask, by_token(person), method, route, scene, person)
        return tried(asking)

    assert {person: status(person) for person in PEOPLE} == wanted


@pytest.mark.parametrize("route", [*TABLE, ELSEWHERE])
def test_a_method_that_is_not_in_the_table_is_refused(people, scene, tried, route):
    wanted = 404 if route == ELSEWHERE else 405
    for person, status in (("anonymous", 401), ("manager", wanted)):
        client = people(person)
        for method in set(METHODS) - set(TABLE.get(route, ())):
            got = tried(partial(ask, client, method, route, scene, person))
            assert got == status, (person, method)


@pytest.mark.part("0.10")
@pytest.mark.parametrize(("route", "method", "statuses"), VERBS)
def test_every_refused_attempt_is_on_record(
    people, scene, tried, route, method, statuses
):
    def look(person, answer):
        found = Activity.objects.filter(actor=person, allowed=False, source="api")
        return answer.status_code in (403, 404, 409) and not found.exists()

    unrecorded = [
        person
        for person in PEOPLE[1:]
        if tried(
            partial(ask, people(person), method, route, scene, person),
            partial(look, person),
        )
    ]

    assert not unrecorded


@pytest.mark.parametrize(("route", "method", "statuses"), VERBS)
def test_nothing_is_done_without_a_token_or_by_who_may_only_look(
    people, scene, route, method, statuses
):
    before = state()
    forged = people("manager", enforce_csrf_checks=True)

    assert ask(forged, method, route, scene, "manager").status_code == 403
    for person in ("outsider", "reader", "viewer"):
        ask(people(person), method, route, scene, person)

    assert state() == before


@pytest.mark.parametrize("route", TABLE)
def test_looking_changes_nothing_and_tells_of_no_hidden_job(people, scene, route):
    before = state()

    said = ask(people("otto"), "GET", route, scene, "operator").getvalue().decode()
    ask(people("otto"), "HEAD", route, scene, "otto")

    job, run = scene.jobs["payroll"], scene.runs["payroll"]
    assert job.name not in said
    assert str(run.execution_id) not in said
    assert state() == before
