"""Wiring: what happens when Django starts, and after migrate."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from django.apps import AppConfig, apps
from django.db import router
from django.db.migrations import Migration
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CronmgmtConfig(AppConfig):
    """Loads the ``jobs`` module of every installed app; writes the jobs they declare."""

    name = "cronmgmt"
    verbose_name = _("Scheduled jobs")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cronmgmt import checks, conf

        checks.register()
        import_module("cronmgmt.handlers")
        if conf.has_tasks():
            import_module("cronmgmt.tasks")
        autodiscover_modules("jobs")
        post_migrate.connect(_declare, sender=self)
        # Permissions of all apps exist only once the last app has had its turn.
        post_migrate.connect(_make_roles)


def _declare(using: str, plan: Any = None, **kwargs: Any) -> None:
    from cronmgmt.engine.declaring import apply_declarations
    from cronmgmt.models import database

    if using == database() and _is_up_to_date(kwargs.get("apps")):
        apply_declarations()


def _is_up_to_date(migrated: Any) -> bool:
    """Return whether the tables are those of this code: migrate may stop before."""
    from cronmgmt.models import ScheduledJob

    if migrated is None:
        return True  # After flush, which changes no table.
    try:
        model = migrated.get_model("cronmgmt", "ScheduledJob")
    except LookupError:
        return False
    columns = {field.column for field in model._meta.concrete_fields}
    return columns == {field.column for field in ScheduledJob._meta.concrete_fields}


def _make_roles(sender: AppConfig, using: str, plan: Any = None, **kwargs: Any) -> None:
    from cronmgmt.engine.roles import make_roles

    # The signal is sent for apps with models only.
    last = [each for each in apps.get_app_configs() if each.models_module][-1]
    auth = apps.is_installed("django.contrib.auth")
    if sender is last and auth and router.allow_migrate(using, "auth"):
        make_roles(using, _applied(plan or ()))


def _applied(plan: Iterable[tuple[Migration, bool]]) -> set[str]:
    """Return the names of our migrations that were carried out, not undone."""
    ours = [(each, undone) for each, undone in plan if each.app_label == "cronmgmt"]
    return {each.name for each, undone in ours if not undone}
