"""Sites for the scenarios, on each database that this run is about.

A leg of the test matrix names one by CRONMGMT_TEST_DB; without it, all of them are
tried. One more database or broker is one more row in tests/tooling/databases.py.
"""

from __future__ import annotations

import os

import pytest

from tests.scenarios.sites import Database, Site
from tests.settings import RUN
from tests.tooling.databases import unreachable

KINDS = [os.environ.get("CRONMGMT_TEST_DB", "")]
if not KINDS[0]:
    KINDS = ["sqlite", "postgresql"]

OPEN: list[Site] = []
LOG_LINES = 150


@pytest.fixture(scope="session", params=KINDS)
def kind(request):
    """The database that the site of this test is on."""
    reason = unreachable(request.param, os.environ) if request.param != "sqlite" else ""
    if reason and os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"{request.param}: {reason}")
    if reason:
        pytest.skip(f"{request.param}: {reason}")
    return request.param


@pytest.fixture(scope="session")
def template(kind, tmp_path_factory, django_db_blocker):
    """A database with all tables and the site's jobs; each site gets a copy of it."""
    database = Database(kind, f"{RUN}s", tmp_path_factory.mktemp("sites"))
    with django_db_blocker.unblock():
        database.create()
        migrated = Site(database).call("migrate", "--verbosity=0")
        assert migrated.returncode == 0, migrated.stderr
        yield database
        database.drop()


@pytest.fixture(autouse=True)
def _tables_can_be_read(django_db_blocker):
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def site(template):
    """A site of this test's own."""
    yield from site_on(template)


def site_on(template, **options):
    site = Site(template.copy(), **options)
    OPEN.append(site)
    yield site
    OPEN.remove(site)
    site.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        for site in OPEN:
            for process in site.processes:
                lines = process.output().splitlines()[-LOG_LINES:]
                report.sections.append((f"{process.name}'s log", "\n".join(lines)))
    return report
