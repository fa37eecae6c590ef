"""Every screen for everybody, on every device, with and without scripts."""

from __future__ import annotations

import os

import pytest

from tests.browser.screens import DESKTOP, PHONE, SCREENS, violations

NOT_FOR = {
    "viewer": {"trigger", "activity", "off", "pause", "again", "several"},
    "operator": {"activity"},
    "manager": set(),
}
"""The screens that a role may not see."""


@pytest.mark.part("0.2")
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("role", NOT_FOR)
def test_each_role_sees_what_it_may(crowd, role, screen):
    with crowd("manager") as manager:
        path = manager.path_of(screen)
    with crowd(role) as person:
        answer = person.page.goto(path)

    assert answer.status == (403 if screen in NOT_FOR[role] else 200)
    assert person.page.title()


@pytest.mark.parametrize("screen", SCREENS)
def test_an_outsider_learns_nothing(crowd, screen):
    with crowd("manager") as manager:
        path = manager.path_of(screen)
    with crowd("outsider") as outsider:
        answer = outsider.page.goto(path)

    assert answer.status in (403, 404)
    text = outsider.page.inner_text("main")
    assert "positions" not in text.lower()
    assert "archive" not in text.lower()


@pytest.mark.part("4.11")
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_it_fits_keeps_quiet_and_sends_its_policy(crowd, screen, size, scheme, scripts):
    options = {"viewport": size, "color_scheme": scheme, "java_script_enabled": scripts}
    with crowd("manager", **options) as person:
        path = person.path_of(screen)
        answer = person.page.goto(path)
        box = person.page.locator("html").bounding_box()

        assert answer.status == 200
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert person.complaints == []
        assert box["width"] <= size["width"]
        if scripts:
            # A table may scroll inside the page; the page itself does not.
            width = person.page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"]


# Each size and each scheme once: no rule asks for both. EVERY_AXE=1 tries all four.
PAIRS = [
    pytest.param(DESKTOP, "light", id="desktop-light"),
    pytest.param(PHONE, "dark", id="phone-dark"),
]
if os.environ.get("EVERY_AXE"):
    PAIRS += [
        pytest.param(DESKTOP, "dark", id="desktop-dark"),
        pytest.param(PHONE, "light", id="phone-light"),
    ]


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(("size", "scheme"), PAIRS)
def test_axe_finds_nothing(crowd, screen, size, scheme):
    # Only the test's own script needs the policy to be out of its way.
    options = {"viewport": size, "color_scheme": scheme, "bypass_csp": True}
    with crowd("manager", **options) as person:
        person.page.goto(person.path_of(screen))
        found = violations(person.page)

    assert [
        (each["id"], [node["html"] for node in each["nodes"]]) for each in found
    ] == []
