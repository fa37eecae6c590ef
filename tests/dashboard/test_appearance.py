"""Light, dark or automatic."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_choice_is_kept_without_scripts(alice, theme):
    answer = alice.post("/cron/theme", {"theme": theme, "next": "/cron/?q=x"})
    page = alice.get("/cron/").content.decode()

    assert (answer.status_code, answer["Location"]) == (303, "/cron/?q=x")
    assert f'data-theme="{theme}"' in page
    assert f'value="{theme}" aria-pressed="true"' in page


def test_automatic_is_what_the_readers_system_asks_for(alice):
    alice.post("/cron/theme", {"theme": "dark"})
    alice.post("/cron/theme", {"theme": "auto"})

    assert "data-theme" not in alice.get("/cron/").content.decode()


def test_no_other_word_reaches_the_page(alice):
    alice.cookies["cronmgmt_theme"] = '"><script>'

    assert alice.post("/cron/theme", {"theme": "pink"}).status_code == 400
    assert "data-theme" not in alice.get("/cron/").content.decode()


def test_after_a_choice_one_stays_on_the_site(alice):
    data = {"theme": "dark", "next": "https://evil.example/"}

    assert alice.post("/cron/theme", data)["Location"] == "/cron/"


def test_the_links_are_those_that_exist_and_that_one_may_follow(alice, charlie):
    page = alice.get("/cron/").content.decode()

    assert '<a href="/cron/" aria-current="page">Jobs</a>' in page
    assert ">System<" not in page  # Alice may not look at nodes.
    assert "<nav" in (refused := charlie.get("/cron/").content.decode())
    assert ">Jobs<" not in refused
