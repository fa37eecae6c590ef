"""The doors for a platform's cron: no role opens them, their secret does."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

import cronmgmt
from cronmgmt.processor import urls
from tests.doors.table import METHODS, PEOPLE

pytestmark = pytest.mark.part("0.5")

# Route -> method -> statuses in the order of PEOPLE, without the secret.
TABLE = {
    "process-pending": {"POST": "403 403 403 403 403 403 403 403"},
    "status": {"GET": "403 403 403 200 200 200 200 200"},
}

PACKAGE = Path(cronmgmt.__file__).parent


@pytest.fixture(autouse=True)
def _secret(settings):
    settings.CRONMGMT = {"CRON_SECRET": "known-to-the-platform"}


def test_every_url_is_in_the_table():
    assert {str(each.pattern).removesuffix("/") for each in urls.urlpatterns} == set(
        TABLE
    )


def test_every_urlconf_of_the_package_has_its_table():
    found = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("urls.py")}

    # The doors of the login are open to everybody: tests/oidc.
    assert found == {"urls.py", "api/urls.py", "processor/urls.py", "oidc/urls.py"}


@pytest.mark.parametrize("route", TABLE)
def test_each_role_gets_what_the_table_says(people, scene, tried, route):
    for method in METHODS:
        wanted = TABLE[route].get(method, " ".join(["405"] * len(PEOPLE)))
        got = [
            tried(
                partial(getattr(people(person), method.lower()), f"/api/jobs/{route}")
            )
            for person in PEOPLE
        ]
        assert got == list(map(int, wanted.split())), method
