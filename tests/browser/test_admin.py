"""The admin's pages of this app, in the stock admin and under django-unfold.

They bring no violation that the other pages of the same admin lack.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager

import pytest

from project.demo import ports
from tests.browser.screens import DESKTOP, Person, free_port, violations
from tests.project.site import ROOT, wait_for

# What Django's own templates of rows in a table and of a search's help text bring.
DJANGOS = ("empty-table-header", "label-title-only")
BOSS = {"DJANGO_SUPERUSER_PASSWORD": "demo"}

# Their pages are of the same making as those of the other models.
ALIKE = re.compile("/(node|gap|apikey)/")

OTHERS = (
    "/admin/",
    "/admin/auth/user/",
    "/admin/auth/user/{boss}/change/",
    "/admin/auth/user/{boss}/delete/",
    "/admin/auth/user/{boss}/history/",
)
"""Pages that Django, or the theme, brings."""


@contextmanager
def a_server(site, settings):
    """Serve the demo's data once more, with other settings; the address."""
    port = free_port()
    environ = {**site.environ, "DJANGO_SETTINGS_MODULE": settings}
    command = ["runserver", "--noreload", f"127.0.0.1:{port}"]
    with open(site.folder / "unfold.log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, os.path.join(ROOT, "manage.py"), *command],
            env=environ,
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(lambda: ports.answers(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def boss(site):
    """A login that may see all there is in an admin."""
    given = ("--username", "boss", "--email", "boss@example.org")
    site.manage("createsuperuser", "--noinput", *given, **BOSS)
    return "boss"


@pytest.fixture(params=["stock", "unfold"])
def admin(request, browser, site, boss):
    """Somebody in the admin, as Django has it or as the theme does."""
    options = {"viewport": DESKTOP, "bypass_csp": True}
    if request.param == "stock":
        person = Person(browser, site.address, boss, **options)
        yield person
        person.close()
        return
    with a_server(site, "tests.browser.unfolded") as address:
        person = Person(browser, address, boss, **options)
        yield person
        person.close()


def broken_by(person, path):
    """Open a page, which must be there, and return the rules it breaks, with where."""
    answer = person.page.goto(path)
    assert answer.status == 200, path
    found = violations(person.page)
    return {each["id"]: (path, each["nodes"][0]["html"]) for each in found}


def links(page, selector):
    return page.eval_on_selector_all(
        selector, "found => found.map(each => each.pathname)"
    )


def our_pages(page):
    """Return the app's lists and forms, and of each list the first row's form."""
    page.goto("/admin/")
    found = sorted({*links(page, "main a, #content a, nav a, #nav-sidebar a")})
    ours = [path for path in found if path.startswith("/admin/cronmgmt/")]
    lists = [path for path in ours if path.count("/") == 4]
    for path in lists:
        page.goto(path)
        rows = links(page, "#result_list tbody a[href*='/change/']")
        ours += rows[:1]
    job = next(path for path in ours if "/scheduledjob/" in path and "change" in path)
    return [
        *ours,
        job.replace("change", "history"),
        job.replace("change", "delete"),
        "/admin/cronmgmt/scheduledjob/add/?handler=members",
    ]


def test_its_pages_break_no_rule_that_the_others_keep(admin):
    admin.page.goto("/admin/auth/user/?q=boss")
    boss = links(admin.page, "#result_list tbody a[href*='/change/']")[0].split("/")[4]
    theirs = set(DJANGOS)
    for path in OTHERS:
        theirs |= set(broken_by(admin, path.format(boss=boss)))
    admin.complaints.clear()

    paths = our_pages(admin.page)
    for path in filter(ALIKE.search, paths):
        assert admin.page.goto(path).status == 200
    broken = [
        (rule, *where)
        for path in paths
        if not ALIKE.search(path)
        for rule, where in broken_by(admin, path).items()
        if rule not in theirs
    ]

    assert len(paths) > 15, paths
    assert broken == []
    assert admin.complaints == []


def test_a_schedule_is_previewed_before_it_is_saved(admin):
    page = admin.page
    page.goto("/admin/cronmgmt/scheduledjob/?q=facilities-regions")
    admin.leave_by(page.locator("#result_list tbody a[href*='/change/']").first)

    page.fill("[name=schedule_expression]", "30 2 * * *")
    page.get_by_text("Once it is saved: Every day at 02:30").wait_for()
    page.eval_on_selector("[name=expected_duration]", "field => field.value = '2d'")
    page.get_by_role("button", name="Preview the schedule, save nothing").click()

    page.get_by_text("Longer than its interval").wait_for()
    page.goto("/admin/cronmgmt/scheduledjob/?q=facilities-regions")
    assert "At 07:00 on Monday" in page.inner_text("#result_list")
    assert admin.complaints == []
