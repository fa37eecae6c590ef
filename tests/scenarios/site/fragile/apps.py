"""While a file is there, whoever is about to keep an answer is killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import pre_save

FILE = "die-before-answering"


class FragileConfig(AppConfig):
    name = "tests.scenarios.site.fragile"
    label = "fragile"

    def ready(self) -> None:
        """Listen."""
        pre_save.connect(_die, sender="cronmgmt.KeptAnswer", weak=False)


def _die(instance: Any, **kwargs: Any) -> None:
    site = Path(os.environ["SITE_WITNESS"]).parent
    if instance.status is not None and (site / FILE).exists():
        os.kill(os.getpid(), signal.SIGKILL)
