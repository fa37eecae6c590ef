"""procrastinate in its Django form: two worker processes, woken by LISTEN/NOTIFY."""

from __future__ import annotations

from benchmarks.sites.environment import CONTRIB, DATABASES, LOGGING

__all__ = ["DATABASES", "LOGGING"]

SECRET_KEY = "for the benchmarks only"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
INSTALLED_APPS = [*CONTRIB, "procrastinate.contrib.django"]
PROCRASTINATE_IMPORT_PATHS = ["benchmarks.sites.on_procrastinate.work"]
