"""The demo's settings with django-unfold in front of the stock admin."""

from __future__ import annotations

from project.settings import *  # noqa: F403
from project.settings import INSTALLED_APPS as OTHERS

INSTALLED_APPS = ["unfold", *OTHERS]
