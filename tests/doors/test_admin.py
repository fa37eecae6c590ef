"""Every door of the app's admin, and who of the staff may pass it."""

from __future__ import annotations

from functools import partial
from itertools import product

import pytest
from django.contrib import admin

from cronmgmt.engine import actions
from cronmgmt.models import Activity, ApiKey, Gap, JobRun, Node, Pause, ScheduledJob
from tests.doors.test_dashboard import state

pytestmark = pytest.mark.part("0.5")

PEOPLE = ("anonymous", "outsider", "reader", "viewer", "operator", "manager", "otto")
"""All but the first are staff. Otto operates jobs, and asks for what is restricted."""

CHANGE, DELETE, HISTORY = (
    f"<path:object_id>/{page}/" for page in ("change", "delete", "history")
)

# Stock admin answers 403 to who may not; 302 leads to the login, or away from what is
# not there for somebody.
LOOK = "302 403 403 200 200 200 200"
ONE = "302 403 403 200 200 200 302"
PAST = "302 302 302 200 200 200 302"
EDIT = "302 403 403 403 403 200 403"
DONE = "302 403 403 403 403 302 403"
NEVER = "302 403 403 403 403 403 403"
MANAGERS = "302 302 302 302 302 200 302"


def read_only(look=LOOK, one=LOOK, past=LOOK):
    return {
        "": {"GET": look, "POST": look},
        "add/": {"GET": NEVER, "POST": NEVER},
        CHANGE: {"GET": one, "POST": NEVER},
        DELETE: {"GET": NEVER, "POST": NEVER},
        HISTORY: {"GET": past, "POST": past},
    }


def editable(one, past):
    return {
        **read_only(one=one, past=past),
        "add/": {"GET": EDIT, "POST": EDIT},
        CHANGE: {"GET": one, "POST": EDIT},
        DELETE: {"GET": EDIT, "POST": DONE},
    }


# Model -> what follows in its address -> method -> statuses in the order of PEOPLE.
TABLE = {
    "scheduledjob": editable(one=ONE, past=PAST),
    "calendar": editable(one=LOOK, past=LOOK),
    "jobrun": read_only(one=ONE, past=PAST),
    "gap": read_only(one=ONE, past=PAST),
    "node": read_only(),
    "activity": read_only(look=EDIT, one=EDIT, past=MANAGERS),
    # Managers make keys, and see those that they made.
    "apikey": {
        **read_only(look=EDIT, one=EDIT, past=MANAGERS),
        "add/": {"GET": EDIT, "POST": EDIT},
    },
    "pause": {
        **read_only(),
        "add/": dict.fromkeys(["GET", "POST"], "302 403 403 403 200 200 200"),
    },
}
METHODS = ("GET", "POST")
CELLS = [
    pytest.param(model, route, method, statuses, id=f"{method} {model}/{route}")
    for model, routes in TABLE.items()
    for route, methods in routes.items()
    for method, statuses in methods.items()
]


def ours():
    return {
        model._meta.model_name: modeladmin
        for model, modeladmin in admin.site._registry.items()
        if model._meta.app_label == "cronmgmt"
    }


@pytest.fixture
def rows(scene, now):
    """Return the ids of one row of each model, open or restricted."""
    calendar = actions.save_calendar("closed", [])
    pause = Pause.objects.create(scope="tag", tag="x", since=now)
    key, _ = actions.make_key("deploys", ["viewer"], actions.CODE)
    ApiKey.objects.update(made_by="manager")
    node = Node.objects.create(
        name="n", instance="i", pid=1, workers=1, seen_at=now, started_at=now
    )
    gap = {"kind": "off", "first": now, "last": now, "count": 2, "created_at": now}
    found = {}
    for name, job in scene.jobs.items():
        actions.switch_on(name)
        found[name] = {
            "scheduledjob": job.pk,
            "jobrun": JobRun.objects.get(job=job).pk,
            "gap": Gap.objects.create(job=job, **gap).pk,
            "node": node.pk,
            "activity": Activity.objects.filter(job_key=job.pk).first().pk,
            "calendar": calendar.pk,
            "pause": pause.pk,
            "apikey": key.pk,
        }
    return lambda person: found[scene.of(person)[0]]


def ask(client, method, model, route, row, data=None):
    where = route.replace("<path:object_id>", str(row))
    sent = data or ({"post": "yes"} if method == "POST" else {})
    return getattr(client, method.lower())(f"/admin/cronmgmt/{model}/{where}", sent)


def test_every_url_is_in_the_table():
    found = {
        name: {str(each.pattern) for each in modeladmin.get_urls() if each.name}
        for name, modeladmin in ours().items()
    }

    assert found == {model: set(routes) for model, routes in TABLE.items()}
    assert all(set(each) == set(METHODS) for r in TABLE.values() for each in r.values())


@pytest.mark.parametrize(("model", "route", "method", "statuses"), CELLS)
def test_each_role_gets_what_the_table_says(
    people, rows, tried, model, route, method, statuses
):
    def status(person):
        client = people(person, staff=True)
        row = rows(person)[model]
        return tried(partial(ask, client, method, model, route, row))

    got = {person: status(person) for person in PEOPLE}

    assert got == dict(zip(PEOPLE, map(int, statuses.split()), strict=True))


def test_who_is_not_of_the_staff_is_sent_to_the_login(people, rows):
    client, row = people("manager"), rows("manager")

    for model, route, method, _ in (each.values for each in CELLS):
        answer = ask(client, method, model, route, row[model])
        assert answer.status_code == 302
        assert answer["Location"].startswith("/admin/login/?next=/admin/")


POSTS = [
    each
    for each in CELLS
    if each.values[2] == "POST" and each.values[1] not in ("", HISTORY)
]


@pytest.mark.part("0.10")
@pytest.mark.parametrize(("model", "route", "method", "statuses"), POSTS)
def test_what_the_admin_refuses_is_on_record(
    people, rows, tried, model, route, method, statuses
):
    def look(person, answer):
        found = Activity.objects.filter(actor=person, allowed=False, source="admin")
        return answer.status_code == 403 and not found.exists()

    unrecorded = [
        person
        for person in PEOPLE[1:]
        if tried(
            partial(
                ask,
                people(person, staff=True),
                method,
                model,
                route,
                rows(person)[model],
            ),
            partial(look, person),
        )
    ]

    assert not unrecorded


@pytest.mark.part("0.10")
@pytest.mark.parametrize("page", [CHANGE, DELETE])
def test_an_attempt_at_a_hidden_job_is_on_record(
    people, scene, rows, django_user_model, page
):
    outside = people("manager", staff=True)
    job = scene.jobs["payroll"]

    answer = ask(outside, "POST", "scheduledjob", page, job.pk)

    assert answer.status_code == 302
    record = Activity.objects.get(actor="manager")
    assert (record.job_name, record.job_key) == ("payroll", job.pk)
    assert not record.allowed
    assert ScheduledJob.objects.filter(pk=job.pk).exists()


ACTIONS = {
    "scheduledjob": {
        "trigger_now": "operator manager",
        "switch_off": "operator manager",
        "switch_on": "operator manager",
        "retire": "manager",
        "revive": "manager",
        "delete_selected": "manager",
    },
    "calendar": {"delete_selected": "manager"},
    "pause": {"end": "operator manager"},
    "apikey": {"revoke": "manager"},
    "jobrun": {},
    "gap": {},
    "node": {},
    "activity": {},
}


def test_every_action_is_in_the_table(people, rf, django_user_model):
    request = rf.get("/")
    request.user = django_user_model.objects.create_superuser("root")

    found = {name: set(each.get_actions(request)) for name, each in ours().items()}

    assert found == {name: set(deeds) for name, deeds in ACTIONS.items()}


@pytest.mark.parametrize(
    ("model", "action", "allowed"),
    [(m, name, who) for m, deeds in ACTIONS.items() for name, who in deeds.items()],
)
def test_only_who_may_gets_anything_done_by_an_action(
    people, scene, rows, tried, model, action, allowed
):
    actions.restrict_job("payroll", {})  # A pause would reach it too.
    if action == "revive":
        actions.cancel_job("members")
    before = state()

    def look(person, _answer):
        mine = Activity.objects.filter(actor=person)
        refused = mine.filter(allowed=False).exists()
        return mine.filter(allowed=True).exists(), refused, state() == before

    for person in PEOPLE[1:-1]:
        client, row = people(person, staff=True), rows(person)[model]
        data = {
            "action": action,
            "_selected_action": row,
            "post": "yes",
            "switch": "1",
        }
        done, refused, same = tried(
            partial(ask, client, "POST", model, "", row, data), partial(look, person)
        )
        assert done is (person in allowed.split()), person
        assert done or same
        assert refused is not done, person


@pytest.mark.parametrize(
    ("model", "action"),
    [(m, name) for m, deeds in ACTIONS.items() for name in deeds],
)
def test_no_action_is_done_without_a_token_or_by_a_link(people, rows, model, action):
    client = people("manager", staff=True, enforce_csrf_checks=True)
    row = rows("manager")[model]
    before = state()

    for method in METHODS:
        data = {"action": action, "_selected_action": row, "post": "yes", "switch": "1"}
        answer = ask(client, method, model, "", row, data)
        assert answer.status_code in ((403,) if method == "POST" else (302, 400, 403))

    assert state() == before


def test_nothing_is_written_without_a_token(people, rows):
    client, row = (
        people("manager", staff=True, enforce_csrf_checks=True),
        rows("manager"),
    )
    before = state()

    for model, route in product(TABLE, ["add/", CHANGE, DELETE]):
        assert ask(client, "POST", model, route, row[model]).status_code == 403

    assert state() == before
