"""Checks of who may do more than a site expects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Warning
from django.db import DatabaseError, router

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def nobody_may_call_anything(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> Iterator[CheckMessage]:
    """Django-q2's Schedule calls whatever function its editor types."""
    using = router.db_for_read(get_user_model())
    if using not in (databases or ()) or not apps.is_installed("django_q"):
        return
    codename = "django_q.change_schedule"
    try:
        holders = get_user_model()._default_manager.with_perm(
            codename, include_superusers=False, backend=MODEL_BACKEND
        )
        names = [str(user) for user in holders.using(using)[:5]]
    except DatabaseError:
        return  # Before the first migrate.
    if names:
        yield Warning(
            f"{', '.join(names)} may change django-q2's schedules, and so call any "
            "function there is.",
            hint=f"Take {codename} from them; jobs of cronmgmt call handlers only.",
            id="cronmgmt.W005",
        )
