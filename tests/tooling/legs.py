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
    "tests/doors",
    "tests/oidc",
    "tests/parameters",
    "tests/schedules",
    "tests/telemetry",
    "tests/tooling",
    "tests/test_architecture.py",
)
# These fill and read tables, and no database makes a difference: with the first suite only.
ALIKE = (
    *(
        f"tests/admin/test_{page}.py"
        for page in "every_policy marks parameters".split()
    ),
    "tests/engine/foreign",
    "tests/engine/portable",
    *(
        f"tests/test_{part}.py"
        for part in "actors checks locale migrating text".split()
    ),
)
# What these ask of a server, tests/queries and tests/engine ask of each.
ASKING = (
    "tests/admin",
    "tests/api",
    "tests/interface",
    "tests/management",
    "tests/testing",
)
# What depends on what the database's clock shows, and on what it makes of times.
TIMED = (
    "absences beats calendars claiming deadlines deciding inserting jumps locks looking "
    "node pauses presence recovery retention scheduling stale waiting"
)
CLOCKED = (
    "tests/databases",
    *(f"tests/engine/test_{step}.py" for step in TIMED.split()),
    "tests/models",
)
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
    environment: str = ""
    """An environment of its own under ``.venvs/``."""
    limit: float = 900
    """Seconds after which it is ended, and has failed."""

    def left_out(self) -> str:
        """Return why this machine cannot run the leg; empty when it can."""
        silent = [unreachable(service, os.environ) for service in self.services]
        drivers = [without_driver(kind) for kind in self.drivers]
        # Servers are where only root looks for programs.
        path = f"{os.environ['PATH']}:/usr/sbin"
        programs = [name for name in self.programs if not shutil.which(name, path=path)]
        missing = [f"no {name}" for name in programs]
        if self.environment and not interpreter(self.environment).exists():
            missing.append(f"no .venvs/{self.environment}: 'make django6' makes it")
        return "; ".join(filter(None, [*silent, *drivers, *missing]))

    @property
    def report(self) -> Path:
        """Where pytest writes what came of the leg's tests."""
        return REPORTS / f"{self.name}.json"


def interpreter(environment: str) -> Path:
    return ROOT / ".venvs" / environment / "bin" / "python"


def python(*arguments: str) -> Command:
    return (sys.executable, "-m", *arguments)


def django(*arguments: str) -> Command:
    settings = ("--settings", "tests.settings", "--pythonpath", ".")
    return python("django", *arguments, *settings)


# Real processes and threads on a machine that others load: a try that met a stall is
# repeated once, and what passed only then is listed where the output ends.
AGAIN = ("--reruns", "1")


def pytest(leg: str, *arguments: str) -> Command:
    report = ("--parts-report", str(REPORTS / f"{leg}.json"))
    slow = ("--durations=6", "--durations-min=8")
    return python("pytest", "-q", *AGAIN, *slow, *report, *arguments)


def chosen(leg: str, *arguments: str, only: str = "not wheel") -> Command:
    """Return the run of the tests with these marks.

    With COVERAGE=1 it counts which lines of the package it reaches, which takes half as
    long again.
    """
    counting = ("--cov", "--cov-report=") if os.environ.get("COVERAGE") else ()
    return pytest(leg, *counting, "-m", only, *arguments)


def inside(server: str, command: Command) -> Command:
    """Return the command to be run with a server of its own."""
    return python("tests.tooling.private", server, *command[2:])


def suite(database: str) -> Leg:
    """Return the leg that runs the package's tests on a database."""
    is_first = database == DATABASES[0]
    elsewhere = APART if is_first else (*APART, *PURE, *ALIKE)
    if database == DATABASES[-1]:
        elsewhere = (*elsewhere, *ASKING)
    ignored = [f"--ignore={path}" for path in elsewhere]
    only = "not wheel" if is_first else "not wheel and not once"
    return Leg(
        database,
        (chosen(database, *ignored, only=only),),
        environ={"CRONMGMT_TEST_DB": database},
        services=_servers(database),
    )


def live(database: str, broker: str) -> Leg:
    """Return the leg that runs real processes on a database and a broker.

    What no database changes runs on the first, and what only servers change on one of
    them; what kills processes on all. With another broker than django-q2's own, what
    depends on it is repeated on one database, and a site under way on each.
    """
    name = f"{database}-{broker}"
    tests: tuple[str, ...] = (*LIVE, f"--ignore={AWAY}")
    only = "not once"
    if broker != "orm":
        tests = LIVE if database == "postgresql" else (TOGETHER,)
        only = "broker and not once"
    elif database == DATABASES[0]:
        only = "not wheel"
    elif database == DATABASES[-1]:
        only = "(broker or chaos) and not once"
    return Leg(
        name,
        (chosen(name, *tests, only=only),),
        environ={"CRONMGMT_TEST_DB": database, "CRONMGMT_TEST_BROKER": broker},
        services=_servers(database, broker),
    )


def _servers(*kinds: str) -> tuple[str, ...]:
    return tuple(kind for kind in kinds if kind not in ("sqlite", "orm"))


# What Django's versions differ in: Tasks, checks, the admin, forms and commands.
DIFFERING = (
    "tests/tasks",
    "tests/interface",
    *(f"tests/api/test_{part}.py" for part in "jobs runs keys".split()),
    *(f"tests/management/test_{verb}.py" for verb in "verbs ticking".split()),
    *(f"tests/models/test_{row}.py" for row in "activity job run updating".split()),
    *(f"tests/test_{part}.py" for part in "apps checks declarations".split()),
    *(f"tests/admin/test_{page}.py" for page in "jobs saving verbs reading".split()),
    *(f"tests/dashboard/test_{page}.py" for page in "pages live trigger".split()),
    *(f"tests/engine/test_{step}.py" for step in "claiming finishing".split()),
    "tests/schedules/test_contract.py",
    "tests/scenarios/test_two_nodes.py",
)


def newer(version: str, *tests: str) -> Leg:
    """Return the leg that runs tests with another Django than the suite's."""
    name = f"django-{version}"
    command = pytest(name, *tests)
    return Leg(
        name,
        ((str(interpreter(name)), *command[1:]),),
        environ={"CRONMGMT_TEST_DB": "sqlite"},
        environment=name,
    )


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

FIRST, *OTHERS = DATABASES

# The longest first: what is begun last should be short.
LEGS = (
    Leg("style", STYLE),
    Leg("django", WIRING, environ={"CRONMGMT_TEST_RUN": "check"}),
    live(FIRST, "orm"),
    suite(FIRST),
    Leg(
        "browser",
        (pytest("browser", "-p", "no:randomly", "tests/browser"),),
        programs=("chromium",),
    ),
    *(suite(database) for database in OTHERS),
    Leg("project", (chosen("project", *PROJECT),)),
    *(live(database, "orm") for database in OTHERS),
    Leg(
        "pgbouncer",
        (
            inside(
                "pgbouncer",
                chosen("pgbouncer", "--reuse-db", *POOLED, only="not once"),
            ),
        ),
        services=("postgresql",),
        programs=("pgbouncer",),
    ),
    *(live(database, "redis") for database in DATABASES),
    Leg(
        "chaos",
        (pytest("chaos", *CHAOS),),
        programs=("mariadbd", "mariadb-install-db", "redis-server"),
        drivers=("mariadb",),
    ),
    newer("6.1", *DIFFERING),
    Leg("wheel", (pytest("wheel", "-m", "wheel"),)),
    Leg(
        "mariadb+2h",
        (inside("mariadb", pytest("mariadb+2h", *CLOCKED)),),
        programs=("mariadbd", "mariadb-install-db", "mariadb-tzinfo-to-sql"),
        drivers=("mariadb",),
    ),
    Leg(
        "bench-smoke",
        (python("benchmarks", "--smoke"),),
        services=("postgresql", "redis"),
    ),
    newer("6.0", "tests/tasks", "tests/test_checks.py"),
    Leg("docs", (pytest("docs", *DOCS),)),
)
