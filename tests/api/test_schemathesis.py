"""What the OpenAPI document says, asked of the site by a machine that reads it.

Right and wrong requests are made of each endpoint's description. What is right by it is
accepted, what is wrong is refused, and every answer is one that the document tells of:
never a fault of ours.
"""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
import schemathesis
from django.contrib.auth.models import Permission
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as searching
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)

from cronmgmt.api.urls import described
from cronmgmt.engine import actions
from cronmgmt.models import Status
from tests.api.real import REAL
from tests.app.models import User
from tests.tokens import bearer, take_tokens

pytestmark = [pytest.mark.part("2.2"), pytest.mark.once]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    positive_data_acceptance,
    negative_data_rejection,
]
SCHEDULES = {"cronExpression", "cron", "every", "at"}
# A new job that any one more field suits.
NEEDED = {
    **{"jobName": "new", "handler": "t:limited"},
    **{"overlap": "wait", "backoff": "1s"},
}
PREFIX = "/api/v1/scheduler/"
EXAMPLES = {"nobody": 1, "stranger": 1}
"""How many, right and wrong, where it is not three: what was sent is not even read."""
REGISTER, EDIT = f"POST {PREFIX}jobs", f"PATCH {PREFIX}jobs/{{name}}"
MANY = int(os.environ.get("API_EXAMPLES", "0"))
"""So many other examples each time, to look for what nobody thought of."""
TOKEN = "a" * 32
SERVED = []

ROUTES = sorted(str(each.pattern) for each in described)


def path_of(route):
    return PREFIX + route.replace("<str:", "{").replace(">", "}")


def document_for(program):
    """Return what the site serves; it is the same for everybody, and asked for once."""
    if not SERVED:
        SERVED.append(program("GET", "schema").json())
    return SERVED[0]


@pytest.fixture
def site(alice, make_job, make_run):
    """A site with a job and a run, and the document that it serves."""
    rights = Permission.objects.filter(codename="add_jobrun")
    User.objects.get(username="alice").user_permissions.add(*rights)
    terms = {"overlap": "wait", "backoff": timedelta(seconds=1)}
    job = make_job("nightly", handler="t:limited", **terms)
    run = make_run(job, Status.SUCCEEDED)
    real = {
        **{"name": "nightly", "execution_id": str(run.execution_id)},
        "If-Match": f'"{job.revision}"',
    }
    schema = schemathesis.openapi.from_dict(document_for(alice))
    # Whose credentials are good is what this test decides.
    schema.config.generation.update(with_security_parameters=False)
    # An ETag that is not the job's is refused as well, whatever it looks like.
    schema.config.checks.negative_data_rejection.expected_statuses.append("412")
    return schema, alice, real


@pytest.mark.parametrize("who", ["session", "key", "token", "stranger", "nobody"])
@pytest.mark.parametrize("route", ROUTES)
def test_every_answer_is_one_that_the_document_tells_of(site, open_site, who, route):
    schema, alice, real = site
    session = alice.client.cookies["sessionid"].value
    schema.app = get_wsgi_application()

    sent = credentials(who, session)
    for operation in schema[path_of(route)].values():
        ask(operation, EXAMPLES.get(who, 3), sent, real)


@pytest.fixture
def open_site():
    """Nobody waits, and requests leave the test's connection to the database open."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture(autouse=True)
def _any_host(settings, monkeypatch):
    settings.CRONMGMT = {
        **{"API_RATE": "", "WRONG_CREDENTIALS": 0},
        "NOTIFY_DOMAINS": ["*"],
    }
    take_tokens(settings, monkeypatch)
    settings.ALLOWED_HOSTS = ["*"]


def credentials(who, session):
    if who == "key":
        _, secret = actions.make_key("all", ["manager"], actions.CODE)
        return {"headers": {"Authorization": f"Bearer {secret}"}}
    if who == "token":
        return {"headers": bearer("erin", "manager")}
    if who == "stranger":
        return {"headers": {"Authorization": "Bearer eyJ.none.at-all"}}
    if who == "nobody":
        return {}
    cookies = {"sessionid": session, "csrftoken": TOKEN}
    return {"cookies": cookies, "headers": {"X-CSRFToken": TOKEN}}


def ask(operation, times, sent, real):
    # Where there is nothing but a name in the path, nothing can be wrong.
    if any((operation.query, operation.headers, operation.body)):
        wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
        search(wrong, times, sent, real)
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    search(right, times, sent, real)


def search(cases, times, sent, real):
    """Ask, and undo it; ``real`` names what is there."""

    @given(case=cases)
    @searching(
        max_examples=MANY or times,
        derandomize=not MANY,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case):
        make_real(case, real)
        with transaction.atomic():
            case.call_and_validate(checks=CHECKS, **sent)
            transaction.set_rollback(True)

    check()


def make_real(case, real):
    """Name what is there, except where what is sent is to be wrong."""
    modes = {place: each.mode for place, each in case.meta.components.items()}
    for place, values in (("path", case.path_parameters), ("header", case.headers)):
        if modes.get(ParameterLocation(place)) != GenerationMode.NEGATIVE:
            for name in real.keys() & (values or {}).keys():
                values[name] = real[name]
    if case.meta.generation.mode.is_negative or not isinstance(case.body, dict):
        return
    if case.operation.label in (EDIT, REGISTER):
        case.body = suiting(case.body, to=case.operation.label)
    case.body |= {name: REAL[name] for name in REAL.keys() & case.body.keys()}


def suiting(body, to):
    """Return the body with one field only that it may be without, and its schedule."""
    kept, names = {}, body.keys()
    if to == REGISTER:
        kept = {**NEEDED, **{name: body[name] for name in SCHEDULES & names}}
        names = names - SCHEDULES
    chosen = sorted(names, key=lambda name: (name in REAL, list(body).index(name)))[:1]
    return {**kept, **{name: body[name] for name in chosen}}
