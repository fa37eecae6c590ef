"""The databases and the Redis that the contenders share, each under names of its own."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psycopg
import redis

from tests.tooling.databases import SERVERS, SQLITE_OPTIONS, service_url
from tests.tooling.private import LOCAL, answers, free_port, process

PREFIX = f"cronmgmt_bench_{os.getpid()}"
REDIS_DATABASE = os.environ.get("BENCH_REDIS_DB", "9")
"""The number of the Redis database that the contenders have for themselves."""

REDIS_URL = (
    f"{service_url('redis', os.environ)._replace(path='').geturl()}/{REDIS_DATABASE}"
)


@dataclass(frozen=True, slots=True)
class PostgreSQL:
    """A server, by its address."""

    host: str
    port: int
    user: str
    password: str = ""

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Return a connection that commits each statement."""
        return psycopg.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=database,
            autocommit=True,
        )

    def spec(self, name: str) -> dict[str, Any]:
        """Return what a site writes into its settings."""
        return {
            **SERVERS["postgresql"],
            "HOST": self.host,
            "PORT": self.port,
            "USER": self.user,
            "PASSWORD": self.password,
            "NAME": name,
        }


def shared_postgresql() -> PostgreSQL:
    """Return the server that all contenders are measured on."""
    url = service_url("postgresql", os.environ)
    return PostgreSQL(
        url.hostname or LOCAL,
        url.port or 5432,
        unquote(url.username or "postgres"),
        unquote(url.password or os.environ.get("PGPASSWORD", "")),
    )


@contextlib.contextmanager
def counting_postgresql(folder: Path) -> Iterator[PostgreSQL]:
    """Run a server that counts statements, which a running one can rarely be told to.

    ``pg_stat_statements`` must be loaded when a server starts.
    """
    port, data = free_port(), folder / "data"
    # It refuses to be root.
    user = "postgres" if getpass.getuser() == "root" else None
    if user:
        shutil.chown(folder, user)
    init = [_program("initdb"), "-D", str(data), "-U", "postgres", "--auth=trust"]
    subprocess.run(init, check=True, stdout=subprocess.DEVNULL, user=user, cwd=folder)
    command = [
        *([shutil.which("setpriv") or "setpriv", f"--reuid={user}"] if user else []),
        *(["--clear-groups"] if user else []),
        _program("postgres"),
        *("-D", str(data), "-p", str(port), "-h", LOCAL, "-k", str(folder)),
        *("-c", "shared_preload_libraries=pg_stat_statements"),
    ]
    server = PostgreSQL(LOCAL, port, "postgres")
    with process(command, folder / "postgresql.log", lambda: _accepts(server)):
        with server.connect() as connection:
            connection.execute("CREATE EXTENSION pg_stat_statements")
        yield server


def _accepts(server: PostgreSQL) -> bool:
    if not answers(server.port):
        return False
    try:
        server.connect().close()
    except psycopg.OperationalError:
        return False
    return True


def _program(name: str) -> str:
    """Return the path of a program of the server, which few have on their path."""
    found = shutil.which(name)
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if not found and not places:
        raise RuntimeError(f"The part needs {name}, which comes with PostgreSQL.")
    return found or str(places[-1])


@contextlib.contextmanager
def database(
    kind: str, key: str, folder: Path, server: PostgreSQL | None = None
) -> Iterator[dict[str, Any]]:
    """Make an empty database; yield what a site writes into its settings."""
    name = f"{PREFIX}_{key.replace('-', '_')}"
    if kind == "sqlite":
        yield {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(folder / f"{name}.sqlite3"),
            "OPTIONS": SQLITE_OPTIONS,
        }
    elif kind == "mariadb":
        with _mariadb(name) as spec:
            yield spec
    else:
        server = server or shared_postgresql()
        with server.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
            try:
                yield server.spec(name)
            finally:
                connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextlib.contextmanager
def _mariadb(name: str) -> Iterator[dict[str, Any]]:
    # Only who asks for MariaDB has its driver.
    import MySQLdb

    url = service_url("mariadb", os.environ)
    address = {
        "host": url.hostname or LOCAL,
        "port": url.port or 3306,
        "user": unquote(url.username or "root"),
        "password": unquote(url.password or ""),
    }
    with contextlib.closing(MySQLdb.connect(**address)) as connection:
        cursor = connection.cursor()
        cursor.execute(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        try:
            yield {
                **SERVERS["mariadb"],
                **{key.upper(): value for key, value in address.items()},
                "NAME": name,
            }
        finally:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")


def clear_redis() -> None:
    """Empty the contenders' own Redis database; no other is touched."""
    with contextlib.closing(redis.Redis.from_url(REDIS_URL)) as client:
        client.flushdb()
