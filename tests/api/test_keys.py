"""API keys: made once, shown once, let in until they expire or are revoked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cronmgmt.actors import Actor
from cronmgmt.engine import actions
from cronmgmt.engine.roles import ROLES
from cronmgmt.errors import Forbidden, Refused
from cronmgmt.models import Activity, ApiKey, JobRun
from tests.api.conftest import Program

DAY = timedelta(days=1)


@pytest.fixture
def ask(clock):
    """Ask with a key, from outside: no cookie, and CSRF is checked."""

    def asking(secret, method, path, body=None, scheme="Bearer"):
        program = Program(Client(enforce_csrf_checks=True))
        return program(method, path, body, Authorization=f"{scheme} {secret}")

    return asking


def make(*roles, name="deploys", **options):
    return actions.make_key(name, roles, actions.CODE, **options)


def test_a_key_may_what_its_roles_may_and_is_on_record(ask, make_job):
    make_job("nightly")
    _, viewer = make("viewer", name="eyes")
    _, operator = make("operator")

    assert ask(viewer, "GET", "jobs").status_code == 200
    assert ask(viewer, "POST", "jobs/nightly/trigger").status_code == 403
    assert ask(operator, "POST", "jobs/nightly/trigger").status_code == 202
    assert JobRun.objects.get().requested_by == "key:deploys"
    done = Activity.objects.get(action="trigger", allowed=True)
    assert (done.actor, done.source) == ("key:deploys", "api")
    assert Activity.objects.filter(actor="key:eyes", allowed=False).exists()


def test_the_secret_is_kept_nowhere(clock):
    key, secret = make("viewer")

    row = ApiKey.objects.filter(pk=key.pk).values().get()
    record = Activity.objects.get()
    assert secret not in f"{row} {record.before} {record.after} {record.reason}"
    assert len(secret) > 40


@pytest.mark.parametrize("wrong", ["", "x", "cmk_", "cmk_wrong", "é", "cmk_" * 1000])
def test_what_is_no_key_lets_nobody_in(ask, wrong):
    make("viewer")

    answer = ask(wrong, "GET", "jobs")

    assert answer.status_code == 401
    challenge = 'Bearer realm="cronmgmt", error="invalid_token"'
    assert answer["WWW-Authenticate"] == challenge
    assert answer["Content-Type"] == "application/problem+json"


def test_a_key_lets_in_until_it_expires(ask, clock):
    _, secret = make("viewer", expires_at=clock.time + DAY)
    before = ask(secret, "GET", "jobs").status_code

    clock.time += DAY

    assert (before, ask(secret, "GET", "jobs").status_code) == (200, 401)


def test_a_revoked_key_lets_nobody_in(ask):
    _, secret = make("viewer")
    before = ask(secret, "GET", "jobs").status_code

    actions.revoke_key("deploys", actions.CODE)

    assert (before, ask(secret, "GET", "jobs").status_code) == (200, 401)
    with pytest.raises(Refused, match="not revoked"):
        actions.revoke_key("deploys", actions.CODE)


def test_it_is_known_when_a_key_was_used_last(ask, clock):
    key, secret = make("viewer")
    ask(secret, "GET", "jobs")

    key.refresh_from_db()

    assert key.last_used_at == clock.time


@pytest.mark.parametrize(
    ("groups", "status"), [([], 404), (["Payroll"], 200), (["payroll"], 404)]
)
def test_a_restricted_job_is_there_for_keys_of_its_groups_alone(
    ask, make_job, groups, status
):
    make_job("payroll")
    actions.restrict_job("payroll", {"Payroll": "act"})
    _, secret = make("operator", groups=groups)

    assert ask(secret, "GET", "jobs/payroll").status_code == status


def test_nobody_makes_a_key_that_may_more_than_they_may(make_user):
    rights = ["add_apikey", "view_scheduledjob"]
    eve = Actor("eve", "admin", make_user("eve", *rights))

    with pytest.raises(Forbidden):
        actions.make_key("k", ["viewer"], eve)
    with pytest.raises(Forbidden):
        actions.make_key("k", [], eve, groups=["Payroll"])
    with pytest.raises(Forbidden):
        actions.make_key("k", [], Actor("dan", "admin", make_user("dan")))
    assert not ApiKey.objects.exists()


def test_a_manager_makes_keys_and_sees_and_revokes_their_own(client, make_user):
    alice = make_user("alice", *ROLES["cronmgmt manager"], is_staff=True)
    make("viewer", name="platform")
    client.force_login(alice)
    page = "/admin/cronmgmt/apikey/"

    client.post(f"{page}add/", {"name": "mine", "roles": ["manager"], "groups": "[]"})

    assert ApiKey.objects.get(made_by="alice").roles == ["manager"]
    shown = client.get(page).content.decode()
    assert "mine" in shown
    assert "platform" not in shown
    for key in ApiKey.objects.all():
        client.post(page, {"action": "revoke", "_selected_action": [key.pk]})
    revoked = ApiKey.objects.exclude(revoked_at=None)
    assert [each.name for each in revoked] == ["mine"]
    with pytest.raises(Forbidden):
        actions.revoke_key("platform", Actor("alice", "admin", alice))
    with pytest.raises(Forbidden):
        actions.revoke_key("nowhere", Actor("alice", "admin", alice))


def test_a_key_has_a_name_of_its_own_and_a_date_to_come(clock):
    make("viewer")

    with pytest.raises(Refused, match="already"):
        make("viewer")
    with pytest.raises(Refused, match="passed"):
        make("viewer", name="late", expires_at=clock.time)


def test_the_admin_shows_a_new_key_once_and_revokes_it(ask, admin_client):
    page = "/admin/cronmgmt/apikey/"
    form = {"name": "deploys", "roles": ["viewer"], "groups": "[]"}

    made = admin_client.post(f"{page}add/", form, follow=True)

    told = str(next(iter(made.context["messages"])))
    secret = next(word for word in told.split() if word.startswith("cmk_"))
    assert ask(secret, "GET", "jobs").status_code == 200
    assert secret not in admin_client.get(page).content.decode()
    key = ApiKey.objects.get()
    chosen = {"action": "revoke", "_selected_action": [key.pk]}
    admin_client.post(page, chosen)
    assert ask(secret, "GET", "jobs").status_code == 401
    key.refresh_from_db()
    assert (key.made_by, key.revoked_by) == ("admin", "admin")


@pytest.mark.part("1.4")
@pytest.mark.parametrize(("role", "status"), [("viewer", 200), ("error reader", 403)])
def test_a_key_that_may_look_may_ask_how_the_queue_is_doing(clock, role, status):
    _, secret = make(role)

    answer = Client().get(
        "/api/jobs/status", headers={"Authorization": f"Bearer {secret}"}
    )

    assert answer.status_code == status


@pytest.fixture
def alice(make_user):
    return make_user("alice", *ROLES["cronmgmt manager"], is_staff=True)


@pytest.fixture
def hers(alice):
    return actions.make_key("hers", ["operator"], Actor("alice", "admin", alice))[1]


def test_a_key_lets_nobody_in_while_its_maker_has_no_active_account(
    ask, alice, hers, admin_client
):
    page = "/admin/cronmgmt/apikey/"
    seen = [ask(hers, "GET", "jobs").status_code]
    for active in (False, True):
        type(alice).objects.update(is_active=active)
        seen.append(ask(hers, "GET", "jobs").status_code)
    alice.delete()
    seen.append(ask(hers, "GET", "jobs").status_code)

    assert seen == [200, 401, 200, 401]
    assert "no active account" in ask(hers, "GET", "jobs").json()["detail"]
    for path in (page, f"{page}{ApiKey.objects.get().pk}/change/"):
        assert (
            "its maker has no active account" in admin_client.get(path).content.decode()
        )


def test_a_key_may_no_more_than_its_maker_at_the_moment(ask, alice, hers, make_job):
    make_job("nightly")
    alice.user_permissions.remove(
        alice.user_permissions.get(codename="trigger_scheduledjob")
    )

    assert ask(hers, "POST", "jobs/nightly/trigger").status_code == 403
    assert ask(hers, "GET", "jobs/nightly").status_code == 200


def test_a_key_leaves_a_group_with_its_maker(ask, alice, make_job):
    make_job("payroll")
    actions.restrict_job("payroll", {"Payroll": "see"})
    group = Group.objects.create(name="Payroll")
    alice.groups.add(group)
    maker = Actor("alice", "admin", alice)
    _, secret = actions.make_key("k", ["viewer"], maker, groups=["Payroll"])
    before = ask(secret, "GET", "jobs/payroll").status_code

    alice.groups.clear()

    assert (before, ask(secret, "GET", "jobs/payroll").status_code) == (200, 404)


def test_the_list_of_keys_asks_for_all_makers_at_once(make_user, admin_client):
    def queries():
        with CaptureQueriesContext(connection) as found:
            admin_client.get("/admin/cronmgmt/apikey/")
        return len(found)

    admin_client.get("/admin/cronmgmt/apikey/")
    counts = []
    for number in range(3):
        user = make_user(f"u{number}", *ROLES["cronmgmt manager"])
        actions.make_key(f"k{number}", ["viewer"], Actor(f"u{number}", "admin", user))
        counts.append(queries())

    assert len(set(counts)) == 1
