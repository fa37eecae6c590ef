"""Every door of the dashboard, and who may pass it."""

from __future__ import annotations

from functools import partial
from itertools import product
from uuid import uuid4

import pytest
from django.urls import URLResolver

from cronmgmt import urls
from cronmgmt.models import Activity, JobRun, Node, ScheduledJob, Status
from tests.doors.table import HARMLESS, METHODS, PEOPLE, TABLE

pytestmark = pytest.mark.part("0.5")

CONVERTED = {
    "<job:name>": "{job}",
    "<uuid:execution_id>": "{run}",
    "<verb:verb>": "rerun",
}


def routes():
    """Return every route of the dashboard; with and without a slash it is one."""
    return {route.removesuffix("/") for route in walk(urls.urlpatterns)}


def walk(patterns, before=""):
    for each in patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from walk(each.url_patterns, route)
        else:
            yield route


def address(route, scene, person):
    """Return the address that a person asks for, of what is theirs to ask for."""
    path = f"/cron/{route}"
    for name, value in CONVERTED.items():
        path = path.replace(name, value)
    return filled(path, scene, person)


def filled(text, scene, person):
    job, run = scene.of(person)
    return text.replace("{job}", job).replace("{run}", run)


def ask(client, method, route, scene, person, headers=None, **also):
    sent = TABLE.get(route.removesuffix("/"), {}).get(method, ("", {}))[1]
    data = {name: filled(value, scene, person) for name, value in sent.items()} | also
    where = address(route, scene, person)
    if route.startswith("runs/all/") and method == "POST":
        where += f"?job={scene.of(person)[0]}"
    return getattr(client, method.lower())(where, data, headers=headers)


CELLS = [
    pytest.param(route, method, statuses, id=f"{method} /{route}")
    for route, methods in TABLE.items()
    for method, (statuses, _) in methods.items()
]
LOOKS = [each for each in CELLS if each.values[1] == "GET"]
POSTS = [each for each in CELLS if each.values[1] == "POST"]
VERBS = [each for each in POSTS if each.values[0] not in HARMLESS]


def test_every_url_is_in_the_table():
    assert routes() == set(TABLE)


@pytest.mark.parametrize(("route", "method", "statuses"), CELLS)
def test_each_role_gets_what_the_table_says(
    people, scene, tried, route, method, statuses
):
    def status(person):
        client = people(person, raise_request_exception=False)
        return tried(partial(ask, client, method, route, scene, person))

    got = {person: status(person) for person in PEOPLE}

    assert got == dict(zip(PEOPLE, map(int, statuses.split()), strict=True))


@pytest.mark.parametrize("route", TABLE)
def test_a_method_that_is_not_in_the_table_is_refused(people, scene, tried, route):
    for person in ("anonymous", "manager"):
        client = people(person)
        for method in set(METHODS) - set(TABLE[route]):
            status = tried(partial(ask, client, method, route, scene, person))
            assert status == 405, (person, method)


def test_with_a_slash_it_is_the_same(people, scene, tried):
    client = people("viewer")

    for route, method, _ in (each.values for each in CELLS):
        plain, with_slash = (
            tried(partial(ask, client, method, each, scene, "viewer"))
            for each in (route, f"{route}/" if route else "")
        )
        assert with_slash == plain, (method, route)


@pytest.mark.part("0.10")
@pytest.mark.parametrize(("route", "method", "statuses"), VERBS)
def test_every_refused_attempt_is_on_record(
    people, scene, tried, route, method, statuses
):
    def look(person, answer):
        found = Activity.objects.filter(actor=person, allowed=False)
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


def state():
    """Return all that a verb could change."""
    jobs = ScheduledJob.objects.order_by("pk").values()
    return list(jobs), list(JobRun.objects.order_by("pk").values())


@pytest.mark.parametrize(("route", "method", "statuses"), VERBS)
def test_nothing_is_done_without_a_token_or_from_elsewhere(
    people, scene, route, method, statuses
):
    client = people("manager", enforce_csrf_checks=True)
    before = state()
    page = client.get("/cron/jobs/members")
    token = page.cookies["csrftoken"].value

    bare = ask(client, method, route, scene, "manager")
    elsewhere = ask(
        client,
        method,
        route,
        scene,
        "manager",
        headers={"Origin": "https://evil.example", "X-CSRFToken": token},
    )

    assert (bare.status_code, elsewhere.status_code) == (403, 403)
    assert state() == before


def test_looking_changes_nothing(people, scene):
    client = people("manager")
    before = state()

    for route, method in product(TABLE, ("get", "head")):
        where = address(route, scene, "manager")
        getattr(client, method)(where, {"action": "trigger"})

    assert state() == before
    assert not Activity.objects.filter(actor="manager").exists()


EVIL = ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"]


@pytest.mark.parametrize(("route", "method", "statuses"), POSTS)
def test_nobody_is_sent_to_another_site(people, scene, tried, route, method, statuses):
    for person, evil in product(("anonymous", "operator"), EVIL):
        client = people(person)
        asking = partial(ask, client, method, route, scene, person, next=evil)

        where = tried(asking, look=lambda answer: answer.headers.get("Location", "/"))

        assert where.startswith("/")
        assert not where.startswith("//")
        assert "evil" not in where


def test_the_login_leads_back_to_this_site_alone(client):
    answer = client.get("/cron/?next=https://evil.example/")

    assert answer["Location"].startswith("/accounts/login/?next=/cron/")


@pytest.mark.parametrize(("route", "method", "statuses"), LOOKS)
def test_no_page_tells_of_a_hidden_job(
    people, scene, make_run, clock, route, method, statuses
):
    job, run = scene.jobs["payroll"], scene.runs["payroll"]
    for status in (Status.QUEUED, Status.RUNNING, Status.FAILED):
        reason = "the payroll is away"
        make_run(job, status, worker="node-1:2:payroll", reason=reason)
    times = {"seen_at": clock.time, "started_at": clock.time}
    Node.objects.create(name="node-1", instance="i", pid=1, workers=2, **times)
    client = people("otto")

    answer = ask(client, method, route, scene, "operator")

    said = answer.getvalue().decode()
    for secret in (job.name, f"/{job.pk}/", str(run.execution_id)):
        assert secret not in said


def test_who_may_only_look_changes_nothing(people, scene):
    before, lookers = state(), ["outsider", "reader", "viewer"]

    for person, verb in product(lookers, VERBS):
        route, method, _ = verb.values
        ask(people(person), method, route, scene, person)

    assert state() == before
    assert not Activity.objects.filter(actor__in=lookers, allowed=True).exists()


@pytest.mark.part("0.10")
@pytest.mark.parametrize("verb", ["rerun", "cancel"])
def test_ticking_a_hidden_run_is_on_record_as_ticking_an_invented_one(
    people, scene, verb
):
    hidden, invented = scene.runs["payroll"].execution_id, uuid4()

    for run in (hidden, invented):
        data = {"verb": verb, "run": [str(run)]}
        people("otto").post("/cron/runs/several", data)

    found = Activity.objects.filter(actor="otto", allowed=False).order_by("id")
    assert [each.execution_id for each in found] == [hidden, invented]
    assert JobRun.objects.count() == 2
