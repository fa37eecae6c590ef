"""Pictures of every screen of the demo, for the docs: ``make screenshots``."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent.parent
IMAGES = ROOT / "docs" / "images"

PHONES = ("jobs", "run")
DARK = ("jobs", "upcoming")


def main() -> None:
    """Start the demo, wait for its first runs, and go through the screens."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    django.setup()
    from tests.browser import screens
    from tests.project.site import a_site, wait_for

    IMAGES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="cronmgmt-demo-") as folder,
        a_site(Path(folder)) as site,
        screens.a_demo(site) as address,
        screens.chromium() as browser,
    ):
        wait_for(lambda: site.runs("members").filter(status="succeeded").count() > 1)
        wait_for(lambda: site.runs("demo:archive").filter(status="running").exists())
        for suffix, names, options in _kinds(screens):
            person = screens.Person(browser, address, "manager", **options)
            for name in names:
                _take(person, name, IMAGES / f"{name}{suffix}.png")
            person.close()


def _kinds(screens):
    light, dark = {"color_scheme": "light"}, {"color_scheme": "dark"}
    return [
        ("", screens.SCREENS, {"viewport": screens.DESKTOP, **light}),
        ("-dark", DARK, {"viewport": screens.DESKTOP, **dark}),
        ("-phone", PHONES, {"viewport": screens.PHONE, **light}),
    ]


def _take(person, name: str, path) -> None:
    person.page.goto(person.path_of(name))
    person.page.wait_for_timeout(500)
    person.page.screenshot(path=path)
    sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
