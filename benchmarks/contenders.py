"""Who is measured: the processes, the broker and the packages of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Command = tuple[str, ...]

QCLUSTER: Command = ("django", "qcluster")
PROCRASTINATE: Command = ("django", "procrastinate", "worker")
DB_WORKER: Command = (
    "django",
    "db_worker",
    "--interval=0.2",
    "--no-startup-delay",
    "--verbosity=0",
)
CELERY: Command = ("celery", "-A", "benchmarks.sites.on_celery.work", "-q")
CELERY_WORKER: Command = (
    *CELERY,
    *("worker", "--concurrency=2", "--loglevel=WARNING"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
)
CELERY_BEAT: Command = (
    *CELERY,
    *("beat", "--loglevel=WARNING", "--pidfile="),
)


DATABASES = {"postgresql": "", "mariadb": "MariaDB", "sqlite": "SQLite"}
"""Where a contender is; all that are compared are on PostgreSQL."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One package, or one way of setting it up; two worker processes each."""

    key: str
    name: str
    broker: str
    site: str
    workers: tuple[Command, ...]
    """Modules of Python with their arguments, a process each."""
    schedulers: tuple[Command, ...] = ()
    """What runs beside the workers for schedules only."""
    packages: str = ""
    """The file in ``requirements/`` and the environment made of it; empty: the
    interpreter that runs the benchmark."""
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    database: str = "postgresql"
    has_schedules: bool = True
    settling: float = 10.0
    """Seconds after the start in which it does what it will not do again for long."""
    cycle: float = 0.0
    """Seconds between two looks at its schedules: due instants fall anywhere in it."""
    declares_schedules: bool = False
    """Whether its schedules are in code, so that it starts anew with other ones."""

    @property
    def label(self) -> str:
        """How rows of the report name it."""
        where = DATABASES[self.database]
        return ", ".join(filter(None, [self.name, self.broker, where]))

    def on(self, database: str) -> Contender:
        """Return the same on another database, whose driver is built for us only."""
        key = f"{self.key}-{database}"
        return replace(self.at_home(), key=key, database=database)

    def at_home(self) -> Contender:
        """Return the same, run by the interpreter that runs the benchmark."""
        return replace(self, packages="")


CRONMGMT = Contender(
    key="cronmgmt-orm",
    name="cronmgmt",
    broker="ORM broker",
    site="benchmarks.sites.on_cronmgmt",
    workers=(QCLUSTER,),
    packages="cronmgmt",
    settling=70.0,  # It prunes after a minute, then every hour.
)
CRONMGMT_REDIS = replace(CRONMGMT, key="cronmgmt-redis", broker="Redis broker")
PORTABLE = {"PORTABLE_SQL": True}
CRONMGMT_PORTABLE = replace(
    CRONMGMT, key="portable-orm", name="cronmgmt, PORTABLE_SQL", options=PORTABLE
)
CRONMGMT_PORTABLE_REDIS = replace(
    CRONMGMT_PORTABLE, key="portable-redis", broker="Redis broker"
)
PAGES_SITE = Contender(
    key="pages",
    name="cronmgmt",
    broker="dashboard",
    site="benchmarks.sites.on_pages",
    workers=(),
)

DJANGO_Q2 = Contender(
    key="django-q2-orm",
    name="django-q2",
    broker="ORM broker",
    site="benchmarks.sites.on_django_q2",
    workers=(QCLUSTER,),
    packages="django-q2",
    cycle=30.0,
)
DJANGO_Q2_REDIS = replace(DJANGO_Q2, key="django-q2-redis", broker="Redis broker")
CELERY_BEAT_RESULTS = Contender(
    key="celery",
    name="celery",
    broker="Redis",
    site="benchmarks.sites.on_celery",
    workers=(CELERY_WORKER,),
    schedulers=(CELERY_BEAT,),
    packages="celery",
)
PROCRASTINATE_PAIR = Contender(
    key="procrastinate",
    name="procrastinate",
    broker="no broker",
    site="benchmarks.sites.on_procrastinate",
    workers=(PROCRASTINATE, PROCRASTINATE),
    packages="procrastinate",
    declares_schedules=True,
)
DJANGO_TASKS = Contender(
    key="django-tasks",
    name="django-tasks",
    broker="no broker",
    site="benchmarks.sites.on_django_tasks",
    workers=(DB_WORKER, DB_WORKER),
    packages="django-tasks",
    has_schedules=False,
)

OURS = (CRONMGMT, CRONMGMT_REDIS)
OURS_PORTABLE = (CRONMGMT_PORTABLE, CRONMGMT_PORTABLE_REDIS)
PEERS = (
    DJANGO_Q2,
    DJANGO_Q2_REDIS,
    CELERY_BEAT_RESULTS,
    PROCRASTINATE_PAIR,
    DJANGO_TASKS,
)
