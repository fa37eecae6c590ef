"""Environment -> the databases and the broker that the tests use."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

Environment = Mapping[str, str]

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
# What a site on that database writes into its settings.
SERVERS: dict[str, dict[str, Any]] = {
    "postgresql": {"ENGINE": "django.db.backends.postgresql"},
    "pgbouncer": {
        "ENGINE": "django.db.backends.postgresql",
        "DISABLE_SERVER_SIDE_CURSORS": True,
    },
    "mariadb": {
        "ENGINE": "django.db.backends.mysql",
        "OPTIONS": {"charset": "utf8mb4", "isolation_level": "read committed"},
    },
}
DRIVERS = {"mariadb": "MySQLdb"}
"""Modules that an environment has only when it was asked for them."""


def databases(environ: Environment, *, run: str, folder: Path) -> dict[str, Any]:
    """Return the aliases ``default`` and ``other``.

    Each has one name in and out of the tests, so that a process started by a test
    reaches the tables of that test.
    """
    kind = environ.get("CRONMGMT_TEST_DB", "sqlite")
    if kind == "sqlite":
        folder.mkdir(parents=True, exist_ok=True)
        return {
            "default": _sqlite(folder / f"{run}.sqlite3"),
            "other": _sqlite(folder / f"{run}-other.sqlite3"),
        }
    return {
        "default": _server(kind, environ, f"cronmgmt_test_{run}"),
        "other": _server(kind, environ, f"cronmgmt_test_{run}_other"),
    }


def broker(environ: Environment) -> dict[str, Any]:
    """Return the part of ``Q_CLUSTER`` that names the broker."""
    if environ.get("CRONMGMT_TEST_BROKER", "orm") == "redis":
        return {"redis": service_url("redis", environ).geturl()}
    return {"orm": "default"}


def service_url(kind: str, environ: Environment) -> SplitResult:
    """Return where a service is: ``CRONMGMT_TEST_<KIND>_URL``, or the usual place."""
    usual = {
        "postgresql": f"postgresql://{environ.get('PGUSER', 'postgres')}@127.0.0.1:5432",
        "pgbouncer": f"postgresql://{environ.get('PGUSER', 'postgres')}@127.0.0.1:6432",
        "mariadb": "mariadb://root@127.0.0.1:3306",
        "redis": "redis://127.0.0.1:6379/0",
    }
    variable = {"postgresql": "POSTGRES"}.get(kind, kind.upper())
    return urlsplit(environ.get(f"CRONMGMT_TEST_{variable}_URL", usual[kind]))


def unreachable(kind: str, environ: Environment) -> str:
    """Return why the service cannot be used; empty when it answers."""
    if lacking := without_driver(kind):
        return lacking
    url = service_url(kind, environ)
    address = (url.hostname or "127.0.0.1", url.port or 0)
    try:
        socket.create_connection(address, timeout=3).close()
    except OSError as error:
        return f"nothing answers at {address[0]}:{address[1]} ({error.strerror})"
    return ""


def without_driver(kind: str) -> str:
    """Return what to do about a driver that is missing; empty when it is there."""
    driver = DRIVERS.get(kind)
    if driver is None or find_spec(driver) is not None:
        return ""
    return f"no module {driver}: 'make {kind}' builds it"


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "TEST": {"NAME": str(path)},
        "OPTIONS": SQLITE_OPTIONS,
    }


def _server(kind: str, environ: Environment, name: str) -> dict[str, Any]:
    url = service_url(kind, environ)
    return {
        **SERVERS[kind],
        "HOST": url.hostname,
        "PORT": url.port or "",
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or environ.get("PGPASSWORD", "")),
        "NAME": name,
        "TEST": {"NAME": name},
    }
