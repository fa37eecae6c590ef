"""The legs of `make test`: what each runs, and what it needs from the machine.

A leg for one more database, broker or browser is one more line of ``LEGS``.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.tooling.databases import unreachable, without_driver
from tests.tooling.parts import REPORTS, ROOT

Command = tuple[str, ...]
DATABASES = ("sqlite", "postgresql", "mariadb")

SCRATCH = ROOT / "var"
COVERAGE = SCRATCH / "coverage"

# These have legs of their own: no database of the suite changes what they say.
DOCS = ("tests/tooling/test_links.py", "tests/test_docs.py")
PROJECT = ("tests/project",)
# Real processes, on a database and a broker.
LIVE = ("tests/scenarios",)
# Of them: what only Redis can show, a site under way, and one that loses workers.
AWAY = "tests/scenarios/test_redis_away.py"
TOGETHER = "tests/scenarios/test_two_nodes.py"
UNDER_LOAD = "tests/scenarios/test_under_load.py"
# Everything breaks, on servers of the tests' own.
CHAOS = ("tests/chaos",)
APART = (*DOCS, *PROJECT, *LIVE, *CHAOS, "tests/browser")
# These know no database either, and run with the first suite only.
PURE = (
    "tests/benchmarks",
    "tests/schedules",
    "tests/tooling",
    "tests/test_architecture.py",
)
# What depends on how the database is reached, and on what its clock shows.
DEEP = ("tests/databases", "tests/engine", "tests/models")
# What talks to the database otherwise than a view does.
SPECIAL = (
    "beats claiming connections finishing lock_races locks prepared racing recovery "
    "transactions"
)
POOLED = (
    "tests/databases",
    *(f"tests/engine/test_{step}.py" for step in SPECIAL.split()),
    TOGETHER,
    UNDER_LOAD,
)


@dataclass(frozen=True, slots=True)
class Leg:
    """Commands that run one after the other and succeed or fail as one."""

    name: str
    commands: tuple[Command, ...]
    environ: Mapping[str, str] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    """Servers that must answer: postgresql, mariadb, redis."""
    programs: tuple[str, ...] = ()
    """Programs that must be installed, for instance chromium."""
    drivers: tuple[str, ...] = ()
    """Databases that the leg starts itself, whose driver must be installed."""
    limit: float = 600
    """Seconds after which it is ended, and has failed."""

    def left_out(self) -> str:
        """Return why this machine cannot run the leg; empty when it can."""
        silent = [unreachable(service, os.environ) for service in self.services]
        drivers = [without_driver(kind) for kind in self.drivers]
        # Servers are where only root looks for programs.
        path = f"{os.environ['PATH']}:/usr/sbin"
        programs = [name for name in self.programs if not shutil.which(name, path=path)]
        missing = [f"no {name}" for name in programs]
        return "; ".join(filter(None, [*silent, *drivers, *missing]))

    @property
    def report(self) -> Path:
        """Where pytest writes what came of the leg's tests."""
        return REPORTS / f"{self.name}.json"


def python(*arguments: str) -> Command:
    return (sys.executable, "-m", *arguments)


def django(*arguments: str) -> Command:
    settings = ("--settings", "tests.settings", "--pythonpath", ".")
    return python("django", *arguments, *settings)


def pytest(leg: str, *arguments: str) -> Command:
    report = REPORTS / f"{leg}.json"
    return python("pytest", "-q", "--parts-report", str(report), *arguments)


# Real processes on a machine that others load: a try that met a stall is repeated
# once, and pytest's closing line says so.
AGAIN = ("--reruns", "1")


def measured(leg: str, *arguments: str, only: str = "not wheel") -> Command:
    """Return the run of tests that counts which lines of the package it reaches."""
    return pytest(leg, "--cov", "--cov-report=", "-m", only, *arguments)


def inside(server: str, command: Command) -> Command:
    """Return the command to be run with a server of its own."""
    return python("tests.tooling.private", server, *command[2:])


def suite(database: str) -> Leg:
    """Return the leg that runs the package's tests on a database."""
    pure = () if database == "sqlite" else PURE
    ignored = [f"--ignore={path}" for path in (*APART, *pure)]
    return Leg(
        database,
        (measured(database, *ignored),),
        environ={"CRONMGMT_TEST_DB": database},
        services=_servers(database),
    )


def live(database: str, broker: str) -> Leg:
    """Return the leg that runs real processes on a database and a broker.

    What no database changes runs on the first. With another broker than django-q2's
    own, what depends on it is repeated on one database, and a site under way on each.
    """
    name = f"{database}-{broker}"
    tests: tuple[str, ...] = (*LIVE, f"--ignore={AWAY}")
    only = "not once"
    if broker != "orm":
        tests = LIVE if database == "postgresql" else (TOGETHER,)
        only = "broker and not once"
    elif database == DATABASES[0]:
        only = "not wheel"
    return Leg(
        name,
        (measured(name, *AGAIN, *tests, only=only),),
        environ={"CRONMGMT_TEST_DB": database, "CRONMGMT_TEST_BROKER": broker},
        services=_servers(database, broker),
    )


def _servers(*kinds: str) -> tuple[str, ...]:
    return tuple(kind for kind in kinds if kind not in ("sqlite", "orm"))


STYLE = (
    python("ruff", "format", "--check", "."),
    python("ruff", "check", "--quiet", "."),
    python("mypy", "--no-error-summary"),
)
WIRING = (
    django("check", "--fail-level", "WARNING"),
    django("makemigrations", "--check", "--dry-run", "cronmgmt", "app"),
    (sys.executable, "manage.py", "check", "--fail-level", "WARNING"),
)

LEGS = (
    Leg("style", STYLE),
    Leg("django", WIRING, environ={"CRONMGMT_TEST_RUN": "check"}),
    Leg("project", (measured("project", *AGAIN, *PROJECT),)),
    *(live(database, "orm") for database in DATABASES),
    *(suite(database) for database in DATABASES),
    *(live(database, "redis") for database in DATABASES),
    Leg(
        "pgbouncer",
        (
            inside(
                "pgbouncer",
                measured("pgbouncer", "--reuse-db", *AGAIN, *POOLED, only="not once"),
            ),
        ),
        services=("postgresql",),
        programs=("pgbouncer",),
    ),
    Leg(
        "mariadb+2h",
        (inside("mariadb", measured("mariadb+2h", *AGAIN, *DEEP)),),
        programs=("mariadbd", "mariadb-install-db", "mariadb-tzinfo-to-sql"),
        drivers=("mariadb",),
    ),
    Leg(
        "bench-smoke",
        (python("benchmarks", "--smoke"),),
        services=("postgresql", "redis"),
    ),
    Leg(
        "chaos",
        (pytest("chaos", *AGAIN, *CHAOS),),
        programs=("mariadbd", "mariadb-install-db"),
        drivers=("mariadb",),
    ),
    Leg("wheel", (pytest("wheel", "-m", "wheel"),)),
    Leg("docs", (pytest("docs", *DOCS),)),
)
