"""A program that speaks JSON, logged in as somebody."""

from __future__ import annotations

import json

import pytest
from django.core.cache import cache
from django.test import Client

from cronmgmt.engine.roles import ROLES

API = "/api/v1/scheduler/"


class Program:
    """What a test asks by; each call answers what came back."""

    def __init__(self, client):
        self.client = client

    def __call__(self, method, path, body=None, raw=None, **headers):
        sent = raw if raw is not None else b"" if body is None else json.dumps(body)
        kind = headers.pop("kind", "application/json")
        return self.client.generic(
            method, API + path, sent, content_type=kind, headers=headers
        )


@pytest.fixture(autouse=True)
def _nobody_is_rung_for(db, bell):
    cache.clear()


@pytest.fixture
def anonymous():
    return Program(Client())


@pytest.fixture
def as_role(make_user):
    """Log somebody in who has one of the roles."""

    def log_in(role, name=None):
        client = Client()
        rights = ROLES[f"cronmgmt {role}"] if role else ()
        client.force_login(make_user(name or role or "charlie", *rights))
        return Program(client)

    return log_in


@pytest.fixture
def alice(as_role):
    return as_role("manager", "alice")


@pytest.fixture
def bob(as_role):
    return as_role("viewer", "bob")


@pytest.fixture
def charlie(as_role):
    return as_role(None, "charlie")
