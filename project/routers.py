"""Which database holds which table."""

from __future__ import annotations

from typing import Any

from django.db import models

SOURCE = ("sourcemember", "sourceregion", "sourcefacility", "sourceposition")
TARGET = ("member", "region", "facility", "position", "push")

HOMES = dict.fromkeys(SOURCE, "source") | dict.fromkeys(TARGET, "target")
"""The demo site's tables elsewhere; every other is in ``default``."""


class HomeRouter:
    """Sends each model to its home, and keeps it out of the others."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str | None:
        return home(model._meta.app_label, model._meta.model_name)

    db_for_write = db_for_read

    def allow_migrate(
        self, db: str, app_label: str, model_name: str | None = None, **hints: Any
    ) -> bool:
        return db == (home(app_label, model_name) or "default")


def home(app_label: str, model_name: str | None) -> str | None:
    """Return the alias where the demo site's own table is; None for others'."""
    return HOMES.get(model_name or "") if app_label == "project" else None
