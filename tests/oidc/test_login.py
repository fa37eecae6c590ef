"""To the provider and back: who is let in, and with which rights."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth import get_user, get_user_model
from django.contrib.auth.models import Group

from cronmgmt.models import OidcIdentity

pytestmark = [pytest.mark.django_db, pytest.mark.part("0.4")]

User = get_user_model()


def groups(user):
    return set(user.groups.values_list("name", flat=True))


def test_who_is_not_logged_in_is_sent_to_the_provider_and_comes_back(
    provider, client, log_in
):
    refused = client.get("/cron/?tag=night")
    assert refused.status_code == 302

    back = log_in(refused["Location"])

    assert (back.status_code, back["Location"]) == (302, "/cron/?tag=night")
    assert client.get("/cron/").status_code == 200
    user = User.objects.get()
    assert (user.username, user.email) == ("ada@example.org", "ada@example.org")
    assert groups(user) == {"cronmgmt operator"}
    assert not (user.is_staff or user.is_superuser or user.has_usable_password())


def test_the_way_there_carries_state_nonce_and_a_pkce_challenge(provider, client):
    there = client.get("/oidc/login/")["Location"]

    asked = parse_qs(urlsplit(there).query)
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]


@pytest.mark.parametrize(
    "there", ["https://evil.example/", "//evil.example", "\\\\evil"]
)
def test_nobody_is_sent_to_another_site_after_the_login(log_in, there):
    assert log_in(f"/oidc/login/?next={there}")["Location"] == "/cron/"


def test_a_person_is_the_same_one_whatever_their_address_is_by_now(provider, log_in):
    log_in()
    provider.person["email"] = "ada@new.example"
    log_in()

    user = User.objects.get()
    assert (user.username, user.email) == ("ada@example.org", "ada@new.example")
    assert OidcIdentity.objects.get().user == str(user.pk)


def test_an_address_that_another_had_gives_nobody_the_other_s_account(
    provider, log_in, django_user_model
):
    owner = django_user_model.objects.create_superuser(
        "ada@example.org", "ada@example.org", "secret"
    )

    log_in()

    newcomer = User.objects.exclude(pk=owner.pk).get()
    assert newcomer.username.startswith("ada@example.org-")
    assert not newcomer.is_superuser
    provider.person["sub"] = "auth0|8"
    log_in()
    assert User.objects.count() == 3


def test_the_case_of_a_subject_counts(provider, log_in):
    log_in()
    provider.person["sub"] = "AUTH0|7"
    log_in()

    assert OidcIdentity.objects.count() == 2


def test_rights_follow_what_the_provider_says_at_each_login(provider, log_in):
    own = Group.objects.create(name="the site's own")
    log_in()
    user = User.objects.get()
    user.groups.add(own)

    provider.person["roles"] = ["admins", "err"]
    log_in()
    user.refresh_from_db()
    wanted = {"cronmgmt manager", "cronmgmt error reader"}
    assert groups(user) == {"the site's own", *wanted}
    assert user.is_staff

    provider.person["roles"] = "look"
    log_in()
    user.refresh_from_db()
    assert groups(user) == {"the site's own", "cronmgmt viewer"}
    assert not user.is_staff


def test_whether_managers_may_enter_the_admin_is_the_site_s_choice(
    provider, log_in, settings
):
    settings.CRONMGMT = {**settings.CRONMGMT, "OIDC_STAFF": False}
    provider.person["roles"] = ["admins"]

    log_in()

    assert not User.objects.get().is_staff


def test_who_has_no_role_gets_nothing(provider, log_in, client):
    provider.person["roles"] = ["cooks"]

    answer = log_in()

    assert answer.status_code == 403
    assert "ada@example.org has no role here" in answer.content.decode()
    assert not User.objects.exists()
    assert not get_user(client).is_authenticated


def test_who_lost_every_role_loses_the_groups_and_the_session(provider, log_in, client):
    log_in()
    provider.person["roles"] = []

    assert log_in().status_code == 403

    assert groups(User.objects.get()) == set()
    assert not get_user(client).is_authenticated


@pytest.mark.parametrize("verified", [False, None, "false"])
def test_an_address_that_is_not_verified_is_refused(provider, log_in, verified):
    provider.person["email_verified"] = verified

    answer = log_in()

    assert answer.status_code == 403
    assert "is not verified" in answer.content.decode()


def test_a_site_may_let_in_people_whose_address_nobody_verified(
    provider, log_in, settings
):
    settings.CRONMGMT = {**settings.CRONMGMT, "OIDC_UNVERIFIED_EMAIL": True}
    provider.person = {"sub": "7", "nickname": "ada", "roles": "look"}

    assert log_in().status_code == 302
    assert User.objects.get().username == "ada"


def test_who_is_blocked_here_stays_out(log_in):
    log_in()
    User.objects.update(is_active=False)

    answer = log_in()

    assert answer.status_code == 403
    assert "is blocked here" in answer.content.decode()


def test_a_user_who_was_deleted_here_comes_back_as_a_new_one(log_in):
    log_in()
    first = User.objects.get()
    first.delete()

    log_in()

    assert User.objects.get().pk != first.pk
    assert OidcIdentity.objects.get().user == str(User.objects.get().pk)


def test_logging_out_ends_the_session_here_and_at_the_provider(
    provider, log_in, client
):
    log_in()

    answer = client.post("/oidc/logout/")

    there = urlsplit(answer["Location"])
    asked = parse_qs(there.query)
    assert answer["Location"].startswith(f"{provider.url}/logout?")
    assert asked["post_logout_redirect_uri"] == ["http://testserver/cron/"]
    assert asked["id_token_hint"][0].count(".") == 2
    assert not get_user(client).is_authenticated
    assert client.get("/oidc/logout/").status_code == 405


def test_a_provider_without_a_logout_is_not_asked(log_in, client, settings):
    settings.OIDC_OP_LOGOUT_ENDPOINT = ""
    log_in()

    assert client.post("/oidc/logout/")["Location"] == "/cron/"
