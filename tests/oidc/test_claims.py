"""What a provider may say of a person, and the roles that it gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronmgmt.oidc.claims import is_verified, name_of, roles_from

KNOWN = {"look": "viewer", "ops": "operator", "Cron Admins": "manager"}
AUTH0 = "https://example.org/roles"


@pytest.mark.part("0.4")
@pytest.mark.parametrize(
    ("claims", "path", "roles"),
    [
        ({"roles": "ops"}, ["roles"], {"operator"}),
        ({"roles": "look ops"}, ["roles"], {"viewer", "operator"}),
        ({"roles": "look,ops"}, ["roles"], {"viewer", "operator"}),
        ({"roles": "Cron Admins"}, ["roles"], {"manager"}),
        ({"roles": ["Cron Admins", "ops"]}, ["roles"], {"manager", "operator"}),
        ({AUTH0: ["look"]}, [AUTH0], {"viewer"}),
        ({"realm_access": {"roles": ["ops"]}}, ["realm_access", "roles"], {"operator"}),
        ({"a": {"b": {"c": "look"}}}, ["a", "b", "c"], {"viewer"}),
        ({"project": {"ops": {"org": "1"}}}, ["project"], {"operator"}),
        ({"roles": ["OPS", "ops ", "nobody"]}, ["roles"], set()),
        ({"roles": ["look", 7, None, {"ops": 1}, ["ops"]]}, ["roles"], {"viewer"}),
        ({"roles": None}, ["roles"], set()),
        ({"roles": True}, ["roles"], set()),
        ({"roles": b"ops"}, ["roles"], set()),
        ({"roles": {"roles": "ops"}}, ["roles"], set()),
        ({"realm_access": ["ops"]}, ["realm_access", "roles"], set()),
        ({}, ["roles"], set()),
        ({"roles": "ops"}, [], {"operator"} - {"operator"}),
    ],
)
def test_roles_are_what_is_known_of_what_stands_there(claims, path, roles):
    assert roles_from(claims, path, KNOWN) == roles


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just("ops"),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(ANYTHING)
def test_whatever_stands_there_gives_known_roles_or_none(value):
    assert roles_from({"roles": value}, ["roles"], KNOWN) <= set(KNOWN.values())


@pytest.mark.parametrize("said", [True, "true", "True"])
def test_an_address_is_verified_where_the_provider_says_so(said):
    assert is_verified({"email_verified": said})


@pytest.mark.parametrize("said", [False, None, "false", "", 0, 1, "yes", ["true"]])
def test_it_is_not_verified_by_anything_else(said):
    assert not is_verified({"email_verified": said})


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"sub": "7", "email": "a@b.c", "nickname": "a"}, "a@b.c"),
        ({"sub": "7", "preferred_username": "ada", "email": None}, "ada"),
        ({"sub": "7", "email": "  ", "nickname": 3}, "7"),
    ],
)
def test_a_person_is_called_by_what_is_there(claims, name):
    assert name_of(claims) == name
