"""The demo in processes of its own, a browser, and the screens there are."""

from __future__ import annotations

import re
import socket
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from tests.project.site import wait_for

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {"runOnly": RULES, "resultTypes": ["violations"]}
"""What axe is asked: every rule, and no account of what keeps them."""

SCREENS = {
    "jobs": "/cron/",
    "attention": "/cron/?show=attention",
    "job": "/cron/jobs/positions",
    "trigger": "/cron/jobs/demo:archive/trigger",
    "runs": "/cron/runs",
    "run": "a finished run",
    "failed": "a failed run",
    "running": "a run under way",
    "again": "a failed run again",
    "several": "/cron/runs/all/rerun?job=intercom&state=failed",
    "upcoming": "/cron/upcoming",
    "system": "/cron/system",
    "doctor": "/cron/system/doctor",
    "activity": "/cron/activity",
    "off": "/cron/bulk?action=off&job=members",
    "pause": "/cron/pause",
}
"""The demo's screens by name; a run is found on the page of runs."""

FOUND = {
    "run": "/cron/runs?job=positions&state=succeeded",
    "failed": "/cron/runs?job=intercom&state=failed",
    "running": "/cron/runs?job=demo:archive",
    "again": "/cron/runs?job=intercom&state=failed",
}
PLACES: dict[tuple[str, str], str] = {}
"""Where a screen of a demo was found; a run that has ended stays where it is."""

ELSEWHERE = re.compile(r"https?://(?!127\.0\.0\.1[:/])")
"""No browser of these tests asks anything of another machine."""

RUN = re.compile(r'href="(/cron/runs/[0-9a-f]{8}-[0-9a-f-]{27})["/]')


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def a_demo(site, *options):
    """Keep the demo running; its address, once it answers."""
    port = free_port()
    with site.running("demo", "--port", str(port), *options):
        address = f"http://127.0.0.1:{port}"
        log = site.folder / "demo.log"
        wait_for(lambda: f"{address}/" in log.read_text())
        yield address


@contextmanager
def chromium():
    """Start Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def violations(page):
    """Return what axe finds wrong with a page."""
    return Axe().run(page, options=AXE).response["violations"]


class Person:
    """Somebody at a browser of their own, logged in or not."""

    def __init__(self, browser, address, name="", **options):
        self.address = address
        self.context = browser.new_context(base_url=address, **options)
        self.context.set_default_timeout(30_000)
        self.context.route(ELSEWHERE, lambda route: route.abort())
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if name:
            self.log_in(name)

    def _hear(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def log_in(self, name):
        self.page.goto("/accounts/login/?next=/cron/")
        self.page.fill("[name=username]", name)
        self.page.fill("[name=password]", "demo")
        self.leave_by(self.page.locator("button[type=submit]"))

    def leave_by(self, what):
        """Click what leads to another page, and wait until that is there."""
        with self.page.expect_navigation():
            what.click()

    def path_of(self, screen):
        """Return where a screen is."""
        if screen not in FOUND:
            return SCREENS[screen]
        key = (self.address, screen)
        if key not in PLACES or screen == "running":
            self.page.goto(FOUND[screen])
            found = RUN.search(self.page.content())
            assert found, f"no run for {screen}"
            PLACES[key] = found[1] + ("/again" if screen == "again" else "")
        return PLACES[key]

    def close(self):
        self.context.close()
