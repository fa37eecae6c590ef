"""The same site with a web server, for ticks and for REST."""

from __future__ import annotations

from tests.scenarios.site.settings import *  # noqa: F403

ROOT_URLCONF = "tests.scenarios.site.addresses"
ALLOWED_HOSTS = ["127.0.0.1"]
