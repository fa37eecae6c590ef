"""How long a worker owns what it claimed."""

from __future__ import annotations

from datetime import timedelta

from django.db import connections

from cronmgmt.conf import conf
from cronmgmt.models import database

USUAL = timedelta(seconds=30)
ON_SQLITE = timedelta(seconds=60)


def lease() -> timedelta:
    """Return the length of a lease: the site's, or what fits its database."""
    if conf.LEASE is not None:
        return conf.LEASE
    return ON_SQLITE if connections[database()].vendor == "sqlite" else USUAL
