"""Every setting: its name, type, default and meaning.

A site sets them in one dict, ``CRONMGMT = {"LEASE": timedelta(seconds=30), …}``. They
are read when they are needed, so that ``override_settings`` works, and checked when
Django starts: an unknown key or a wrong type is an error of ``manage.py check``.
"""

from __future__ import annotations

import socket
from datetime import timedelta
from typing import Any, get_type_hints

from django.conf import settings


class Conf:
    """The settings with their defaults; ``conf.LEASE`` gives the site's value."""

    ENABLED: bool = True
    """False: nothing is scheduled and nothing runs here (a copied database)."""

    CHECK_INTERVAL: timedelta = timedelta(seconds=1)
    """The longest a scheduler sleeps between two looks; 0.1 s to 60 s."""

    LEASE: timedelta | None = None
    """How long a worker owns a run unless it extends this; a dead worker's run
    starts again after it at the latest. None: 30 seconds, 60 on SQLite, where another
    writer may hold the whole file for a while."""

    BEAT: timedelta = timedelta(seconds=1)
    """How often a running run is looked after: log, progress, cancel, time-out."""

    SLICE: timedelta = timedelta(seconds=10)
    """How long a worker takes one run after the other before the host's own
    django-q2 tasks get their turn."""

    SHUTDOWN_GRACE: timedelta = timedelta(seconds=20)
    """How long running work may go on after SIGTERM before it is handed back."""

    INTERRUPT_GRACE: timedelta = timedelta(seconds=5)
    """How long a handler may take to end once it is interrupted; then its process
    is ended."""

    TIMEOUT: timedelta | None = None
    """The time-out of runs whose job has none of its own; None: no limit."""

    MAX_LOSSES: int = 3
    """How often a run whose worker died is queued again before it is lost for good."""

    MAX_WAITING: int = 10
    """How many runs of a job whose runs wait for each other may wait at once; more are
    skipped, or refused to whoever triggers them."""

    MISFIRE_LIMIT: int = 100
    """The most occurrences of one job that one look of the scheduler makes; at least
    one."""

    RETENTION: timedelta = timedelta(days=90)
    """How long finished runs are kept, unless the job says otherwise."""

    KEEP_LAST: int = 10
    """So many of each job's latest runs are kept however old they are."""

    LOG_LIMIT: int = 1_000_000
    """The most characters of output kept of one run: its first and last halves."""

    RESULT_LIMIT: int = 65_536
    """The most characters of JSON that a run's result may have to be kept."""

    REDACT: list[str] = []
    """Regular expressions: what they match is masked in errors, logs and results."""

    COMMANDS: list[str] = []
    """The management commands that the handler ``cronmgmt:command`` may run."""

    HTTP_HOSTS: list[str] = []
    """The hosts that the handler ``cronmgmt:http`` may send requests to;
    ``.example.com`` stands for all below it."""

    HTTP_PRIVATE_HOSTS: list[str] = []
    """Those of them that may have a private or loopback address."""

    PORTABLE_SQL: bool = False
    """True: PostgreSQL is spoken to as every other database is, through the ORM
    alone; slower, for poolers or forks that know less SQL."""

    HIDE_DJANGO_Q_ADMIN: bool = False
    """True: django-q2's own pages are not in the admin."""

    INSTANCE: str = ""
    """The name of this machine or container in logs and history; its host name
    when empty."""

    SERVICE: str = "cronmgmt"
    """The ``service`` field of JSON log lines."""

    def __getattribute__(self, name: str) -> Any:
        default = super().__getattribute__(name)
        if not name.isupper():
            return default
        return site_settings().get(name, default)

    @property
    def instance(self) -> str:
        """``INSTANCE``, or the machine's host name."""
        return str(self.INSTANCE or socket.gethostname())


conf = Conf()

VERSION = "0.1.0"
"""The package's version."""

DEFAULTS: dict[str, Any] = {
    name: value for name, value in vars(Conf).items() if name.isupper()
}
TYPES: dict[str, Any] = get_type_hints(Conf)


def every_setting() -> dict[str, Any]:
    """Return all settings of the site by name."""
    return {name: getattr(settings, name) for name in dir(settings) if name.isupper()}


def site_settings() -> dict[str, Any]:
    """Return what the site has set; an empty dict when that is not a dict at all."""
    given = getattr(settings, "CRONMGMT", None)
    return given if isinstance(given, dict) else {}
