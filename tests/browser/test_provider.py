"""Logging in at a provider that is a process of its own, as a person does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from project.demo import ports
from tests.browser.screens import DESKTOP, Person, a_demo, free_port
from tests.project.site import a_site, wait_for

PEOPLE = [
    {
        "sub": "auth0|1",
        "email": "ada@example.org",
        "email_verified": True,
        "https://example.org/roles": ["cron-admins"],
    },
    {
        "sub": "auth0|2",
        "email": "bob@example.org",
        "email_verified": True,
        "https://example.org/roles": ["cooks"],
    },
]


@contextmanager
def a_provider(folder):
    port = free_port()
    script = os.path.join(os.path.dirname(sys.executable), "oidc-provider-mock")
    users = [part for each in PEOPLE for part in ("--user-claims", json.dumps(each))]
    with open(folder / "provider.log", "wb") as log:
        process = subprocess.Popen(
            [script, "--port", str(port), "--require-nonce", "true", *users],
            stdout=log,
            stderr=log,
        )
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def address(tmp_path_factory, django_db_setup, django_db_blocker):
    """The demo, which lets people in through the provider."""
    folder = tmp_path_factory.mktemp("login")
    with (
        django_db_blocker.unblock(),
        a_site(folder) as site,
        a_provider(folder) as provider,
    ):
        site.environ |= {
            "OIDC_ISSUER": provider,
            "OIDC_CLIENT_ID": "platform",
            "OIDC_CLIENT_SECRET": "secret",
            "OIDC_ROLES_CLAIM": "https://example.org/roles",
            "OIDC_ROLES": "cron-admins=manager,staff=viewer",
            "OIDC_AUTHORIZATION_URL": f"{provider}/oauth2/authorize",
            "OIDC_TOKEN_URL": f"{provider}/oauth2/token",
            "OIDC_USERINFO_URL": f"{provider}/userinfo",
            "OIDC_KEYS_URL": f"{provider}/jwks",
            "OIDC_LOGOUT_URL": f"{provider}/oauth2/end_session",
        }
        wait_for(lambda: ports.answers(urlsplit(provider).port))
        with a_demo(site, "--no-cluster") as address:
            yield address


@pytest.fixture
def visitor(browser, address):
    visitor = Person(browser, address, viewport=DESKTOP)
    yield visitor
    visitor.close()


def log_in(visitor, subject):
    page = visitor.page
    page.goto("/cron/?tag=sync")
    visitor.leave_by(page.get_by_role("link", name="Sign in with your organisation"))
    page.fill("[name=sub]", subject)
    visitor.leave_by(page.get_by_role("button", name="Authorize"))


@pytest.mark.part("0.4")
def test_a_person_comes_back_to_the_page_they_wanted_and_can_leave(visitor, address):
    log_in(visitor, "auth0|1")

    page = visitor.page
    assert page.url == f"{address}/cron/?tag=sync"
    assert "ada@example.org" in page.inner_text("body")
    page.goto("/admin/cronmgmt/scheduledjob/")
    assert "Scheduled jobs" in page.title() or "scheduled job" in page.title()

    page.goto("/cron/")
    visitor.leave_by(page.get_by_role("button", name="Sign out"))
    page.goto("/cron/")
    assert "/accounts/login/" in page.url


@pytest.mark.part("0.4")
def test_somebody_without_a_role_is_told_so(visitor):
    log_in(visitor, "auth0|2")

    assert "bob@example.org has no role here" in visitor.page.inner_text("main")
    visitor.page.goto("/cron/")
    assert "/accounts/login/" in visitor.page.url


@pytest.mark.part("0.4")
def test_somebody_who_changes_their_mind_is_told_so(visitor):
    visitor.page.goto("/oidc/login/")
    visitor.leave_by(visitor.page.get_by_role("button", name="Deny"))

    assert "You were not logged in" in visitor.page.inner_text("main")
