"""Arms the crash points, and what files can be made to do, when the app is loaded."""

from __future__ import annotations

import os
import select
import time

from django.apps import AppConfig

if os.environ.get("CHAOS_JUMPY"):
    # The library that lets this process's clock be set refuses Python's own pause.
    time.sleep = lambda seconds: select.select([], [], [], seconds) and None


class ChaosSite(AppConfig):
    name = "tests.chaos.site"
    label = "chaos_site"

    def ready(self) -> None:
        from tests.chaos.site.crashes import arm
        from tests.chaos.site.files import heed_flags

        arm()
        heed_flags()
