"""The order in which everything is looked at. What fails is a finding, never an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.db import connections
from django.utils.translation import gettext as _

from cronmgmt import queries
from cronmgmt.actors import Actor
from cronmgmt.doctor import jobs as jobs_
from cronmgmt.doctor import machinery, messages, settings, storage
from cronmgmt.doctor.findings import Finding, Level, in_order
from cronmgmt.models import database
from cronmgmt.telemetry.redaction import Redactor

Look = Callable[[], Iterable[Finding]]


def examine(actor: Actor | None = None) -> list[Finding]:
    """Return what there is to say of this site, the worst first; raises nothing.

    ``actor`` is who asks: jobs that they may not see are left out. None is somebody at
    the server, who is told what the checks and servers said, too.
    """
    return in_order(_Examination(actor).findings())


class _Examination:
    """Looks at one thing after the other, and keeps what later ones go by."""

    def __init__(self, actor: Actor | None) -> None:
        self._actor = actor

    def findings(self) -> Iterator[Finding]:
        """Yield all findings, in the order of looking."""
        asked = storage.host_time()
        try:
            self._now = storage.time_of_database()
        except Exception as error:
            yield _silent_database(error)
            yield from self._look("settings", lambda: self._checks([]))
            yield _not_looked_at()
            return
        answered = storage.host_time()
        yield from storage.of_database(self._now, asked, answered)
        tables = list(self._look("migrations", storage.of_tables))
        yield from tables
        has_tables = all(each.level != Level.ERROR for each in tables)
        asks = [database()] if has_tables else []
        yield from self._look("settings", lambda: self._checks(asks))
        if not has_tables:
            yield _not_looked_at()
            return
        yield from self._look("nodes", self._machinery)
        yield from self._look("pruning", lambda: machinery.of_pruning(self._now))
        yield from self._look("jobs", self._jobs)
        # At last: a broker in the database that fails may fail a transaction too.
        yield from self._look("broker", messages.of_broker)

    def _checks(self, databases: list[str]) -> Iterable[Finding]:
        return settings.of_checks(databases, in_full=self._actor is None)

    def _machinery(self) -> Iterable[Finding]:
        found = queries.machinery(self._now, self._actor)
        is_all = self._actor is None or not self._actor.has_limits
        return machinery.of_machinery(found, self._now, is_all=is_all)

    def _jobs(self) -> Iterator[Finding]:
        pauses = queries.pauses(self._now)
        yield from machinery.of_pauses(pauses, self._now)
        known = jobs_.read_jobs(self._now, pauses, self._actor)
        for look in (
            jobs_.of_lines,
            jobs_.of_handlers,
            jobs_.of_declared,
            jobs_.of_stranded,
        ):
            yield from look(known)
        closely = jobs_.read_closely(known)
        yield from jobs_.of_parameters(closely)
        yield from settings.of_mail(jobs_.who_mails(closely))

    def _look(self, check: str, look: Look) -> Iterator[Finding]:
        """Yield what a look finds; that it failed, if it does."""
        try:
            for each in look():
                yield _masked(each)
        except Exception as error:
            seen = _("This could not be looked at: %(check)s.") % {"check": check}
            todo = _("Run manage.py cronmgmt doctor at the server for the error.")
            if self._actor is None:
                todo = _("Mend what the error tells of, and look again.")
            yield Finding(check, Level.ERROR, seen, todo, _said(error))


def _silent_database(error: Exception) -> Finding:
    connection = connections[database()]
    seen = _("The database %(name)s does not answer, so nothing runs.")
    return Finding(
        "database",
        Level.ERROR,
        seen % {"name": connection.alias},
        _("Start it, or correct DATABASES and the network between."),
        _said(error),
    )


def _not_looked_at() -> Finding:
    return Finding(
        "unseen",
        Level.WARNING,
        _("Nodes, queues, jobs and the broker were not looked at."),
        _("Look again once the tables can be read."),
    )


def _masked(finding: Finding) -> Finding:
    """Return the finding without secrets in what others said."""
    if not finding.detail:
        return finding
    return Finding(
        finding.check, finding.level, finding.seen, finding.todo, _safe(finding.detail)
    )


def _said(error: Exception) -> str:
    return _safe(f"{type(error).__name__}: {error}".strip())


def _safe(text: str) -> str:
    try:
        return Redactor().text(" ".join(text.split()))
    except Exception:
        return ""  # The site's own patterns cannot be read: a check says so.
