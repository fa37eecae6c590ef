"""django-tasks with its database backend; it has no schedules."""

from __future__ import annotations

from benchmarks.sites.environment import CONTRIB, DATABASES, LOGGING

__all__ = ["DATABASES", "LOGGING"]

SECRET_KEY = "for the benchmarks only"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
INSTALLED_APPS = [*CONTRIB, "django_tasks", "django_tasks_db"]
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
