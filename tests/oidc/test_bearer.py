"""Access tokens of the provider at the REST API: who they let in, and as whom."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.cache import cache

from cronmgmt.engine import actions
from cronmgmt.models import Activity, ApiKey, JobRun, OidcIdentity
from tests.oidc.provider import AUDIENCE, CLIENT, now

pytestmark = [pytest.mark.django_db, pytest.mark.part("0.5")]
ROLES = "roles"


def groups():
    return set(get_user_model().objects.get().groups.values_list("name", flat=True))


def test_a_token_lets_in_with_the_roles_that_it_names(api, provider, make_job, bell):
    make_job("nightly")

    triggered = api(provider.access_token(), "jobs/nightly/trigger", "POST", {})
    edited = api(provider.access_token(), "jobs/nightly", "DELETE")

    assert (triggered.status_code, edited.status_code) == (202, 403)
    assert JobRun.objects.get().requested_by == "ada@example.org"
    done = Activity.objects.get(allowed=True)
    assert (done.actor, done.source) == ("ada@example.org", "api")
    assert groups() == {"cronmgmt operator"}
    assert not get_user_model().objects.get().has_usable_password()


def test_it_is_the_person_who_logs_in(api, provider, log_in):
    log_in()

    assert api(provider.access_token()).status_code == 200

    assert get_user_model().objects.count() == OidcIdentity.objects.count() == 1


def test_a_program_that_logs_in_nowhere_is_a_user_too(api, provider):
    provider.person = {"sub": "abc@clients", ROLES: ["look"]}

    assert api(provider.access_token()).status_code == 200

    user = get_user_model().objects.get()
    assert (user.get_username(), groups()) == ("abc@clients", {"cronmgmt viewer"})


def test_nobody_passes_for_an_api_key_by_what_they_call_themselves(api, provider):
    provider.person = {"sub": "x", "nickname": "Key:deploys", ROLES: ["look"]}

    assert api(provider.access_token()).status_code == 200

    assert get_user_model().objects.get().get_username() == "Key-deploys"


@pytest.mark.parametrize("roles", [[], ["else"], "", {"else": True}])
def test_who_has_no_role_gets_nothing_and_is_nobody_here(api, provider, roles):
    provider.person[ROLES] = roles

    answer = api(provider.access_token())

    assert answer.status_code == 403
    assert answer["Content-Type"] == "application/problem+json"
    assert 'error="insufficient_scope"' in answer["WWW-Authenticate"]
    assert not get_user_model().objects.exists()


def test_rights_withdrawn_there_are_withdrawn_here(api, provider):
    api(provider.access_token(iat=now() - 20))
    provider.person[ROLES] = []

    assert api(provider.access_token()).status_code == 403
    assert groups() == set()


def test_a_token_of_before_brings_no_right_back(api, provider, log_in):
    provider.person[ROLES] = ["admins"]
    old = provider.access_token(iat=now() - 50)
    assert api(old, "activity").status_code == 200
    provider.person[ROLES] = ["look"]
    log_in()

    assert api(old, "activity").status_code == 403
    assert api(old).status_code == 200
    assert groups() == {"cronmgmt viewer"}


def test_a_login_that_is_refused_ends_older_tokens(api, provider, log_in):
    old = provider.access_token(iat=now() - 50)
    assert api(old).status_code == 200
    provider.person[ROLES] = []
    log_in()

    assert api(old).status_code == 403


def test_a_token_that_says_nothing_of_roles_takes_none_away(api, provider, log_in):
    log_in()

    assert api(provider.access_token(roles=None)).status_code == 403
    assert groups() == {"cronmgmt operator"}


def test_groups_of_the_sites_own_stay(api, provider):
    api(provider.access_token())
    get_user_model().objects.get().groups.add(Group.objects.create(name="Payroll"))

    api(provider.access_token())

    assert groups() == {"cronmgmt operator", "Payroll"}


def test_who_is_blocked_here_is_not_let_in(api, provider):
    api(provider.access_token())
    get_user_model().objects.update(is_active=False)

    assert api(provider.access_token()).status_code == 403


@pytest.mark.parametrize(
    ("verified", "status"), [(True, 200), ("true", 200), (None, 200), (False, 403)]
)
def test_an_address_counts_only_if_the_provider_vouches_for_it(
    api, provider, verified, status
):
    token = provider.access_token(email_verified=verified)

    assert api(token).status_code == status

    names = [each.get_username() for each in get_user_model().objects.all()]
    assert ("ada@example.org" in names) is (verified in (True, "true"))


def test_the_same_token_again_costs_no_write(
    api, provider, django_assert_max_num_queries
):
    token = provider.access_token()
    api(token)

    with django_assert_max_num_queries(12) as asked:
        assert api(token).status_code == 200

    said = " ".join(each["sql"] for each in asked)
    assert "UPDATE" not in said
    assert "INSERT" not in said
    assert not Session.objects.exists()


def test_a_key_is_told_from_a_token_by_how_it_begins(api, provider):
    _, secret = actions.make_key("deploys", ["viewer"], actions.CODE)

    assert api(secret).status_code == 200
    assert "key" in api("cmk_wrong").json()["detail"]
    assert "token" in api("wrong").json()["detail"]
    ApiKey.objects.all().delete()
    assert api(secret).status_code == 401


def test_a_site_that_names_no_audience_takes_no_tokens(api, provider, settings):
    settings.CRONMGMT = {**settings.CRONMGMT, "OIDC_API_AUDIENCE": ""}

    assert api(provider.access_token()).status_code == 401
    assert api(provider.access_token(aud="")).status_code == 401
    assert not provider.seen


def test_a_site_without_an_issuer_takes_no_tokens(api, provider, settings):
    settings.CRONMGMT = {**settings.CRONMGMT, "OIDC_ISSUER": ""}

    assert api(provider.access_token()).status_code == 401


def test_without_a_backend_that_reads_them_there_are_no_tokens(api, provider, settings):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]

    assert api(provider.access_token()).status_code == 401


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"azp": CLIENT}, 200),
        ({"azp": None, "client_id": CLIENT}, 200),
        ({"azp": "another"}, 401),
        ({"azp": "another", "client_id": CLIENT}, 401),
        ({"azp": [CLIENT]}, 401),
        ({"azp": None}, 401),
    ],
    ids=str,
)
def test_only_clients_that_the_site_names_may_have_tokens_made(
    api, provider, settings, said, status
):
    settings.CRONMGMT = {**settings.CRONMGMT, "OIDC_API_CLIENTS": [CLIENT]}

    assert api(provider.access_token(**said)).status_code == status


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"scope": "openid cron:use"}, 200),
        ({"scp": "cron:use"}, 200),
        ({"scp": ["cron:use"]}, 200),
        ({"scope": "cron:used"}, 403),
        ({"scope": {"cron:use": 1}}, 403),
        ({}, 403),
    ],
    ids=str,
)
def test_the_scope_that_the_site_names_is_needed(api, provider, settings, said, status):
    settings.CRONMGMT = {**settings.CRONMGMT, "OIDC_API_SCOPE": "cron:use"}

    assert api(provider.access_token(**said)).status_code == status


def test_a_token_for_several_audiences_of_which_we_are_one(api, provider):
    token = provider.access_token(aud=[AUDIENCE, f"{provider.issuer}userinfo"])

    assert api(token).status_code == 200


@pytest.mark.part("1.4")
def test_a_token_may_ask_how_the_queue_is_doing(api, provider, client):
    def status(token):
        headers = {"Authorization": f"Bearer {token}"}
        return client.get("/api/jobs/status", headers=headers).status_code

    assert status(provider.access_token()) == 200
    assert status("wrong") == 403
    assert status(provider.access_token(roles=[])) == 403


def test_whoever_guesses_tokens_is_not_heard_for_a_while(api, provider, settings):
    settings.CRONMGMT = {**settings.CRONMGMT, "WRONG_CREDENTIALS": 3}
    good, late = provider.access_token(), provider.access_token(exp=now() + 99)
    assert api(good).status_code == 200

    statuses = [api(f"wrong{number}").status_code for number in range(4)]

    assert statuses == [401, 401, 401, 429]
    refused = api(late)
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 61
    assert api(good).status_code == 200
    assert api(late, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_who_guesses_behind_a_proxy_keeps_nobody_else_out(api, provider, settings):
    more = {"WRONG_CREDENTIALS": 2, "TRUSTED_PROXIES": 1}
    settings.CRONMGMT = {**settings.CRONMGMT, **more}

    def status(token, told):
        return api(token, HTTP_X_FORWARDED_FOR=told).status_code

    # What the guesser itself sends along changes from time to time, and helps nothing.
    said = [f"198.51.100.{number}, 192.0.2.66" for number in range(3)]

    assert [status("wrong", each) for each in said] == [401, 401, 429]
    assert status(provider.access_token(), "192.0.2.66") == 429
    assert status(provider.access_token(), "192.0.2.66, 192.0.2.7") == 200
    cache.clear()
    assert status(provider.access_token(), "192.0.2.66") == 200
