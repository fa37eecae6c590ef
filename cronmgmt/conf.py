"""Every setting: its name, type, default and meaning.

A site sets them in one dict, ``CRONMGMT = {"LEASE": timedelta(seconds=30), …}``. They
are read when they are needed, so that ``override_settings`` works, and checked when
Django starts: an unknown key or a wrong type is an error of ``manage.py check``.
"""

from __future__ import annotations

import socket
import warnings
from datetime import timedelta
from importlib.util import find_spec
from typing import Any, get_type_hints

import django
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

    FAILURE_RETENTION: timedelta = timedelta(days=365)
    """How long those that failed, timed out or were lost are kept, and how long it
    is on record why others did not run; never shorter than the other runs."""

    WORK_RETENTION: timedelta = timedelta(days=7)
    """How long work that application code enqueued is kept, unless it failed."""

    ACTIVITY_RETENTION: timedelta = timedelta(days=3 * 365)
    """How long it is on record who did or tried what."""

    KEEP_LAST: int = 10
    """So many of each job's latest runs are kept however old they are."""

    FAILURE_AIM: float = 0.01
    """The share of a job's latest runs that may fail, from 0 to 1, before its page
    says that it is above its aim."""

    AUDITED: dict[str, str] = {}
    """Boxes of the audit that only a person can tick, by their ids, each with what
    ticks it for all jobs: ``{"3.3.5": "Uptime asks cron/health each minute."}``."""

    KEEP_MOST: int = 100_000
    """At most so many runs of each job are kept however recent they are, and of those
    that failed as many besides; 0: no limit."""

    LOG_LIMIT: int = 1_000_000
    """The most characters of output kept of one run: its first and last halves."""

    PARAMS_LIMIT: int = 1_000_000
    """The most characters of JSON that the parameters of one run may have."""

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

    CRON_SECRET: str = ""
    """What a tick over HTTP must send as ``X-Cron-Secret``; empty: there is no such
    endpoint."""

    CRON_SECRET_BEFORE: str = ""
    """The secret before it, accepted as well for as long as you change it."""

    TICK_RUNS: int = 10
    """How many runs one tick works off at most; 1 to 1000."""

    TICK_LENGTH: timedelta = timedelta(seconds=50)
    """How long one tick may take; 5 s to 15 minutes."""

    TICK_COMMAND: list[str] = []
    """What stands for ``manage.py`` where a tick starts a process of its own; this
    Python with ``-m django`` when empty."""

    STATUS_IS_PUBLIC: bool = False
    """True: anybody may read ``api/jobs/status``."""

    API_RATE: str = "600/minute"
    """How many requests to the REST API one person or key may make: a number per
    second, minute, hour or day; empty: no limit. Counted in Django's default cache."""

    NOTIFY_DOMAINS: list[str] = []
    """Further mail domains to which people may have news of a run sent, besides the
    addresses of the site's users and the domain of ``DEFAULT_FROM_EMAIL``;
    ``.example.com`` stands for all below it, ``*`` for everybody."""

    IDEMPOTENCY_KEYS_KEPT: timedelta = timedelta(hours=24)
    """How long the REST API gives the same answer again to what is sent under the same
    ``Idempotency-Key``; 1 minute to 30 days."""

    WRONG_CREDENTIALS: int = 20
    """How many wrong API keys, tokens or tick secrets one address may send a minute;
    then it waits (429), and what was right lately still counts; 0: no limit. Counted
    in Django's default cache."""

    TRUSTED_PROXIES: int = 0
    """How many proxies of yours each request passes, 0 to 10: so many entries from the
    right of ``X-Forwarded-For`` stands who asks, for the record and for
    ``WRONG_CREDENTIALS``. 0: the header is not read."""

    PORTABLE_SQL: bool = False
    """True: PostgreSQL is spoken to as every other database is, through the ORM
    alone; slower, for poolers or forks that know less SQL."""

    HIDE_DJANGO_Q_ADMIN: bool = False
    """True: django-q2's own pages are not in the admin."""

    CONTENT_SECURITY_POLICY: str | None = None
    """The Content-Security-Policy of the dashboard's pages. None: the strictest under
    which they work, ``default-src 'self'``; empty: none, the site sends its own."""

    OIDC_ISSUER: str = ""
    """The login provider, exactly as its tokens name it: ``https://example.eu.auth0.com/``."""

    OIDC_ROLES_CLAIM: list[str] = ["roles"]
    """Where its tokens say what a person is: the name of a claim; several names lead
    into nested ones, such as ``["realm_access", "roles"]``."""

    OIDC_ROLES: dict[str, str] = {}
    """What stands there, and the role that it gives here: viewer, operator, manager or
    error reader. Who has none of them is not let in."""

    OIDC_STAFF: bool = True
    """True: managers by ``OIDC_ROLES``, and nobody else whom the provider lets in,
    may enter the admin. False: the site decides."""

    OIDC_UNVERIFIED_EMAIL: bool = False
    """True: also people are let in whose address the provider has not verified."""

    OIDC_API_AUDIENCE: str = ""
    """The audience of access tokens for the REST API, as the provider has it; empty:
    it takes no tokens of the provider."""

    OIDC_API_ALGORITHMS: list[str] = ["RS256"]
    """What access tokens may be signed with: RS256, PS256, ES256 or EdDSA, or the
    longer ones of each; never a shared secret."""

    OIDC_API_CLIENTS: list[str] = []
    """The clients of the provider (``azp`` or ``client_id``) whose access tokens are
    taken; empty: any that gets one for the audience."""

    OIDC_API_SCOPE: str = ""
    """The scope that an access token must have; empty: none."""

    INSTANCE: str = ""
    """The name of this machine or container in logs and history; its host name
    when empty."""

    SITE_URL: str = ""
    """Where the site is, for links in mails: ``https://www.example.com``; without
    it mails have none."""

    SERVICE: str = "cronmgmt"
    """The ``service`` field of JSON log lines, and what mails begin with."""

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
    names = [name for name in dir(settings) if name.isupper()]
    with warnings.catch_warnings():
        # Of settings that Django means to drop; whether the site uses them or not.
        warnings.simplefilter("ignore")
        return {name: getattr(settings, name) for name in names}


def sender() -> str:
    """Return whom the site's mail is from: ``ops@example.com``, or with a name."""
    return str(settings.DEFAULT_FROM_EMAIL)


def has_tasks() -> bool:
    """Return whether there is a Tasks framework: Django 6 has one, 5.2 a package."""
    return django.VERSION >= (6, 0) or find_spec("django_tasks") is not None


def task_backends() -> list[str]:
    """Return the dotted paths of the backends in ``TASKS``."""
    given = getattr(settings, "TASKS", None)
    backends = given.values() if isinstance(given, dict) else ()
    return [str(each.get("BACKEND")) for each in backends if isinstance(each, dict)]


def site_settings() -> dict[str, Any]:
    """Return what the site has set; an empty dict when that is not a dict at all."""
    given = getattr(settings, "CRONMGMT", None)
    return given if isinstance(given, dict) else {}
