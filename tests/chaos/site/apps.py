"""Arms the crash points when the app is loaded."""

from __future__ import annotations

from django.apps import AppConfig


class ChaosSite(AppConfig):
    name = "tests.chaos.site"
    label = "chaos_site"

    def ready(self) -> None:
        from tests.chaos.site.crashes import arm

        arm()
