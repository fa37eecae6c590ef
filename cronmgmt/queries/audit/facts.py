"""The database, the settings, the code -> what the rules of the boxes go by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db import connections
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import NoReverseMatch, reverse

from cronmgmt import clock, registry
from cronmgmt.conf import every_setting
from cronmgmt.models import JobRun, Node, ProcessedItem, ScheduledJob, database
from cronmgmt.queries.audit.reading import mentioned
from cronmgmt.queries.system import NODE_SILENT_AFTER, TICKS_SILENT_AFTER
from cronmgmt.schedules import Note, Schedule, clock_notes

YEAR = timedelta(days=366)
MOST_NODES = 200


@dataclass(frozen=True)
class SiteFacts:
    """What is the same for all jobs of a site; ``nodes`` are those alive."""

    now: datetime
    nodes: Sequence[Node]

    @cached_property
    def settings(self) -> dict[str, Any]:
        """All settings of the site by name."""
        return every_setting()

    @cached_property
    def connection(self) -> Any:
        """The connection to the database that holds the runs."""
        return connections[database()]

    @cached_property
    def has_dashboard(self) -> bool:
        """Whether the site's URLs lead to the dashboard."""
        try:
            return bool(reverse("cronmgmt:jobs"))
        except NoReverseMatch:
            return False


@dataclass(frozen=True)
class JobFacts:
    """What is known of a job besides its row.

    ``marks`` tells whether its handler has marked items as done by ``run.once``;
    ``items`` and ``peak`` (bytes) are those of its last run.
    """

    job: ScheduledJob
    site: SiteFacts
    marks: bool = False
    items: int | None = None
    peak: int | None = None

    @cached_property
    def schedule(self) -> Schedule | None:
        """The schedule; None when the row holds none that could be used."""
        try:
            return self.job.schedule
        except Exception:
            return None  # Whatever somebody typed into the row by hand.

    @cached_property
    def notes(self) -> list[Note]:
        """What clock changes of the next year do to it."""
        now = self.site.now
        return clock_notes(self.schedule, now, now + YEAR, 1) if self.schedule else []

    @property
    def is_manual(self) -> bool:
        """Whether it runs only when it is triggered."""
        return self.job.schedule_kind == ScheduledJob.Kind.MANUAL

    @cached_property
    def words(self) -> Mapping[str, str]:
        """The names that the handler's code mentions; none of one not known here."""
        if not registry.is_registered(self.job.handler):
            return {}
        return mentioned(registry.find(self.job.handler).function)

    def mentions(self, words: Iterable[str]) -> tuple[str, str] | None:
        """Return the first of these names that the code mentions, and where."""
        found = (word for word in words if word in self.words)
        return next(((word, self.words[word]) for word in found), None)


def site_facts() -> SiteFacts:
    """Return what is known of the site: two statements."""
    now = clock.now(database())
    rows = Node.objects.filter(seen_at__gte=now - TICKS_SILENT_AFTER, stopped_at=None)
    latest = rows.order_by("-seen_at")[:MOST_NODES]
    lately = now - NODE_SILENT_AFTER
    nodes = [node for node in latest if node.is_tick or node.seen_at >= lately]
    return SiteFacts(now, nodes)


def job_facts(rows: QuerySet[ScheduledJob], site: SiteFacts) -> Iterator[JobFacts]:
    """Yield what is known of each of these jobs: one statement, read by indexes."""
    last = JobRun.objects.filter(execution_id=OuterRef("last_execution_id"))
    marks = ProcessedItem.objects.filter(handler=OuterRef("handler"))
    known = rows.annotate(
        has_marks=Exists(marks),
        last_items=Subquery(last.values("items_processed")[:1]),
        last_peak=Subquery(last.values("peak_memory")[:1]),
    )
    for job in known:
        found: Any = job
        yield JobFacts(job, site, found.has_marks, found.last_items, found.last_peak)
