"""The database that holds the runs: does it answer, are its tables those of this code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from cronmgmt import clock
from cronmgmt.doctor.findings import Finding, Level, some
from cronmgmt.models import database

APP = "cronmgmt"
APART = timedelta(seconds=5)
"""By so much a host's clock may differ from the database's."""


def time_of_database() -> datetime:
    """Return the database's time; what a database raises that does not answer."""
    return clock.now(database())


def of_database(
    now: datetime, asked: datetime, answered: datetime
) -> Iterator[Finding]:
    """Yield that it answers; and by how much this host's clock is off.

    ``now`` is the database's time, which was ``asked`` for and ``answered`` when this
    host's clock showed that.
    """
    connection = connections[database()]
    seen = _("%(database)s answers.") % {"database": connection.display_name}
    yield Finding("database", Level.OK, seen)
    if clock.fixed() is not None:
        return  # No database says what time it is.
    off = max(asked - now, now - answered)
    if off > APART:
        seen = _("This host's clock and the database's are %(seconds)d seconds apart.")
        yield Finding(
            "clock",
            Level.WARNING,
            seen % {"seconds": off.total_seconds()},
            _(
                "Jobs go by the database's clock, logs and logins by this host's: let "
                "NTP set both."
            ),
        )


def host_time() -> datetime:
    """Return what this host's clock shows."""
    return datetime.now(UTC)


def of_tables() -> Iterator[Finding]:
    """Yield whether the tables are there, and are those of this code."""
    executor = MigrationExecutor(connections[database()])
    leaves = [key for key in executor.loader.graph.leaf_nodes() if key[0] == APP]
    plan = [each for each, backwards in executor.migration_plan(leaves)]
    missing = [each.name for each in plan if each.app_label == APP]
    known = {name for app, name in executor.loader.disk_migrations if app == APP}
    applied = [name for app, name in executor.loader.applied_migrations if app == APP]
    ahead = sorted(set(applied) - known - _replaced(executor))
    if missing:
        seen = _("Migrations of cronmgmt are not applied: %(names)s.")
        yield Finding(
            "migrations",
            Level.ERROR,
            seen % {"names": some(missing)},
            _("Run: manage.py migrate"),
        )
    if ahead and leaves:
        seen = _("The tables are newer than this code, which has no %(names)s.")
        yield Finding(
            "migrations",
            Level.WARNING,
            seen % {"names": some(ahead)},
            _("Finish the deploy: run the newer code here too."),
        )


def _replaced(executor: MigrationExecutor) -> set[str]:
    squashed = executor.loader.replacements.values()
    return {name for each in squashed for app, name in each.replaces if app == APP}
