"""What people come for, in few clicks; they are counted and printed."""

from __future__ import annotations

import re
import sys

import pytest

from tests.browser.screens import DESKTOP


class Walk:
    """A person who counts every click and every press of a button."""

    def __init__(self, person, capsys):
        self.page, self.clicks, self.capsys = person.page, [], capsys
        self.page.goto("/cron/")

    def click(self, what):
        name = " ".join(
            (what.inner_text() or what.get_attribute("aria-label") or "?").split()
        )
        self.clicks.append(name[:60])
        what.click()
        self.page.wait_for_load_state()

    def tell(self, aim, most):
        steps = " → ".join(self.clicks)
        with self.capsys.disabled():
            sys.stdout.write(f"\n{aim} {len(self.clicks)} of {most} clicks: {steps}\n")
        assert len(self.clicks) <= most, self.clicks


@pytest.fixture
def walk(person, capsys):
    return Walk(person("manager", viewport=DESKTOP), capsys)


@pytest.fixture
def main(walk):
    return walk.page.locator("main")


def test_find_why_last_night_s_job_did_not_run(walk, main):
    walk.click(main.get_by_role("link", name="Positions sync").first)

    main.get_by_text("no scheduler was running").first.wait_for()
    walk.tell("Why did last night's job not run?", 3)


def test_run_it_again_for_another_date(walk, main):
    walk.click(main.get_by_role("link", name="Nightly report").first)
    walk.click(main.locator("a[href*='/cron/runs/']:visible").first)
    walk.click(main.locator("a:visible", has_text="with changes").first)
    walk.page.locator("[name=intended_for]").fill("2026-11-02T02:00")
    walk.click(main.locator("form button[type=submit], form button:not([type])").last)

    date = walk.page.locator("time[datetime^='2026-11-02T02:00']").first
    date.wait_for(state="attached")
    walk.tell("How to run it again for another date?", 4)


def test_switch_it_off_until_monday_with_a_reason(walk, main):
    walk.click(main.get_by_role("link", name="Nightly report").first)
    button = main.get_by_role("button", name=re.compile("off", re.I))
    walk.click(main.locator("summary", has_text=re.compile("off", re.I)).first)
    until = walk.page.locator("[name=until]:visible, [name=off_until]:visible").first
    until.fill("2030-01-07T09:00")
    walk.page.locator("[name=reason]:visible").first.fill("The source is being moved")
    walk.click(button.first)

    main.get_by_text("The source is being moved").first.wait_for()
    walk.tell("How to switch it off until Monday?", 4)


def test_see_who_changed_its_schedule(walk, main):
    walk.click(main.get_by_role("link", name="Members sync").first)

    main.get_by_text("So that the demo shows something soon.").first.wait_for()
    assert "manager" in main.inner_text()
    walk.tell("Who changed its schedule?", 2)
