"""The host app of the tests."""

from __future__ import annotations

from django.apps import AppConfig


class HostConfig(AppConfig):
    name = "tests.app"
    label = "app"
