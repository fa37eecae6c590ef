"""Routers as sites have them."""

from __future__ import annotations


class ReadsElsewhere:
    """Reads go to a replica, which in these tests never gets any row."""

    def db_for_read(self, model, **hints):
        return "other"

    def db_for_write(self, model, **hints):
        return "default"


class AppElsewhere:
    """The package's tables are on another database than the users."""

    def db_for_read(self, model, **hints):
        return "other" if model._meta.app_label == "cronmgmt" else None

    db_for_write = db_for_read

    def allow_relation(self, one, another, **hints):
        return True
