"""What one run could leave behind in its process for the next one."""

from __future__ import annotations

import locale
import os
import signal
import sys
from typing import Any

from django.db import connection
from django.utils import timezone, translation

SIGNALS = ("SIGALRM", "SIGCHLD", "SIGHUP", "SIGINT", "SIGPIPE", "SIGTERM", "SIGUSR1")


def surroundings() -> dict[str, Any]:
    """Return what should look the same to each run of a worker."""
    mask = os.umask(0)
    os.umask(mask)
    return {
        "cwd": os.getcwd(),
        "umask": mask,
        "locale": locale.setlocale(locale.LC_ALL),
        "language": translation.get_language(),
        "time zone": timezone.get_current_timezone_name(),
        "signals": {
            name: _name(signal.getsignal(signal.Signals[name])) for name in SIGNALS
        },
        "blocked": sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, []))),
        "alarm": signal.getitimer(signal.ITIMER_REAL)[0] > 0,
        "stdout": type(sys.stdout).__name__,
        "trace": sys.gettrace() is not None,
        "autocommit": connection.get_autocommit(),
        "atomic": connection.in_atomic_block,
        "session": session(),
    }


def _name(handler: Any) -> str:
    return getattr(handler, "__qualname__", str(handler))


def session() -> list[Any]:
    """Return settings of the database session that a run may have changed."""
    statement = {
        "sqlite": "SELECT foreign_keys FROM pragma_foreign_keys",
        "postgresql": "SELECT current_setting('search_path'), "
        "current_setting('statement_timeout')",
        "mysql": "SELECT @@session.sql_mode",
    }
    with connection.cursor() as cursor:
        cursor.execute(statement[connection.vendor])
        return list(cursor.fetchone())
