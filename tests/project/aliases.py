"""Databases for one test, beside those that the suite runs on."""

from __future__ import annotations

import os
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connections

from project.databases import database
from tests.tooling.databases import service_url, unreachable

KINDS = ("sqlite", "postgresql")
PAIRS = (("sqlite", "sqlite"), ("mariadb", "postgresql"))
"""A source and a copy: as in the demo, and as in production."""

SERVERS = {
    # FORCE: the server may not have noticed yet that a client was killed.
    "postgresql": ("/postgres", "CREATE DATABASE {}", "DROP DATABASE {} WITH (FORCE)"),
    "mariadb": (
        "/mysql",
        "CREATE DATABASE {} CHARACTER SET utf8mb4",
        "DROP DATABASE {}",
    ),
}
"""A database that is always there; how another is made and dropped."""
SCHEMES = {"mariadb": "mysql"}


@contextmanager
def aliases(**urls):
    """Let Django know databases under the names given, for the length of the block.

    What was known under them before is known again afterwards.
    """
    configured = {name: database(url, Path(name)) for name, url in urls.items()}
    filled = connections.configure_settings({"default": {}, **configured})
    before = _forget(urls)
    connections.settings.update({name: filled[name] for name in urls})
    try:
        yield
    finally:
        _forget(urls)
        connections.settings.update(before)


def _forget(names):
    """Close and leave out what is known under these names; return its settings."""
    known = {name: connections.settings.get(name) for name in names}
    known = {name: settings for name, settings in known.items() if settings}
    for name in known:
        connections[name].close()
        del connections[name]
        del connections.settings[name]
    return known


@contextmanager
def database_url(kind, folder):
    """Make an empty database, and drop it at the end of the block."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / uuid.uuid4().hex}.sqlite3"
        return
    if silent := unreachable(kind, os.environ):
        pytest.skip(f"{kind}: {silent}")
    place, create, drop = SERVERS[kind]
    server = service_url(kind, os.environ)._replace(scheme=SCHEMES.get(kind, kind))
    name = f"cronmgmt_test_{uuid.uuid4().hex}"
    with aliases(**{f"{name}_server": server._replace(path=place).geturl()}):
        execute(f"{name}_server", create.format(name))
        try:
            yield server._replace(path=f"/{name}").geturl()
        finally:
            execute(f"{name}_server", drop.format(name))


def execute(alias, statement):
    with connections[alias].cursor() as cursor:
        cursor.execute(statement)
