"""Pages look again by themselves, say what changed, and can be told to rest."""

from __future__ import annotations

import re

import pytest

from tests.browser.screens import DESKTOP
from tests.project.site import wait_for


@pytest.mark.part("0.2")
def test_a_run_appears_without_a_reload_and_is_announced(person):
    watcher = person("viewer", viewport=DESKTOP)
    actor = person("manager")
    watcher.page.goto("/cron/jobs/facilities-regions")
    watcher.page.evaluate("window.stays = true")
    before = watcher.page.locator("main").inner_text()

    actor.page.goto("/cron/jobs/facilities-regions")
    actor.page.locator("form[action*='/trigger/'] button").first.click()

    watcher.page.wait_for_function(
        "before => document.querySelector('main').innerText !== before"
        " && /manager/.test(document.querySelector('main').innerText)",
        arg=before,
    )
    assert watcher.page.evaluate("window.stays"), "it was loaded anew"
    assert watcher.complaints == []


def test_a_paused_page_stays_as_it_is_and_remembers(person):
    viewer = person("viewer", viewport=DESKTOP)
    page = viewer.page
    page.clock.install()
    page.goto("/cron/")
    with page.expect_request(re.compile("live=")):
        page.clock.run_for(60_000)
    page.locator("[data-pause]").first.click()
    page.reload()
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    page.clock.run_for(60_000)

    assert page.locator("[data-pause]").first.inner_text() == "Resume updates"
    assert not [url for url in asked if "live=" in url]


def test_the_log_of_a_run_grows(person, site):
    # The one that the demo begins with may have ended by now.
    going = site.runs("demo:archive").filter(finished_at=None)
    if not going.filter(progress_done__lt=100).exists():
        site.runs("demo:archive").filter(finished_at=None).update(cancel_requested=True)
        wait_for(lambda: not going.exists())
        site.manage("cronmgmt", "trigger", "demo:archive")
        wait_for(lambda: going.filter(status="running").exists())
    viewer = person("manager", viewport=DESKTOP)
    viewer.page.goto(viewer.path_of("running"))
    log = viewer.page.locator("pre").first
    log.wait_for()
    before = len(log.inner_text())

    viewer.page.wait_for_function(
        "before => document.querySelector('pre').innerText.length > before",
        arg=before,
        timeout=90_000,
    )


def test_a_page_can_be_worked_with_the_keyboard_alone(person):
    viewer = person("viewer", viewport=DESKTOP)
    viewer.page.goto("/cron/")
    viewer.page.keyboard.press("Tab")

    assert viewer.page.evaluate("document.activeElement.className") == "skip"
    viewer.page.keyboard.press("Enter")
    assert viewer.page.evaluate("document.activeElement.id") == "content"
