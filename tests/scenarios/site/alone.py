"""The same site without django-q2: only ``cronmgmt work`` runs its jobs."""

from __future__ import annotations

from tests.scenarios.site.settings import *  # noqa: F403
from tests.scenarios.site.settings import INSTALLED_APPS

INSTALLED_APPS.remove("django_q")
