"""One demo and one browser for all of these tests."""

from __future__ import annotations

import os
from contextlib import contextmanager

import pytest

from tests.browser.screens import Person, a_demo, chromium
from tests.project.site import a_site, wait_for

# Playwright keeps an event loop in this thread, in which Django would not ask a
# database; nothing else runs in it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture(scope="session")
def site(tmp_path_factory, django_db_setup, django_db_blocker):
    """A demo, with its cluster, that has had its first runs; ``address`` is where."""
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), a_site(folder) as site, a_demo(site) as address:
        wait_for(lambda: site.runs("members").filter(status="succeeded").exists())
        wait_for(lambda: site.runs("demo:archive").filter(status="running").exists())
        site.address = address
        yield site


@pytest.fixture(scope="session")
def demo(site):
    """The demo's address."""
    return site.address


@pytest.fixture(scope="session")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def person(browser, demo):
    """Make people, each with a window of their own."""
    people = []

    def make(name="", **options):
        people.append(Person(browser, demo, name, **options))
        return people[-1]

    yield make
    for each in people:
        each.close()


@pytest.fixture(scope="session")
def crowd(browser, demo):
    """People who stay logged in, by name and how their browser is set."""
    people = {}

    @contextmanager
    def among(name, **options):
        key = (name, repr(sorted(options.items())))
        if key not in people:
            people[key] = Person(browser, demo, name, **options)
        people[key].complaints.clear()
        yield people[key]

    yield among
    for each in people.values():
        each.close()
