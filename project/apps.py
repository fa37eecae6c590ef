"""The demo site's own app: its tables and its jobs."""

from __future__ import annotations

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "project"
    verbose_name = "Members"
    default_auto_field = "django.db.models.BigAutoField"
