"""RunFilter: which runs are looked for, and what that means for a row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from cronmgmt.models import FAILURES, UNFINISHED, Status


@dataclass(frozen=True, slots=True)
class RunFilter:
    """What runs are looked for; what is empty does not count.

    ``node`` is the name of a machine. ``since`` and ``until`` are about when a run was
    queued, ``ended_since`` about when it finished, ``due_before`` about when it was to
    start. ``text`` is searched in reasons and errors; without ``reads_errors`` only
    where no error's text can be.
    """

    states: tuple[str, ...] = ()
    job: str = ""
    origin: str = ""
    person: str = ""
    node: str = ""
    since: datetime | None = None
    until: datetime | None = None
    ended_since: datetime | None = None
    due_before: datetime | None = None
    text: str = ""
    reads_errors: bool = False

    @property
    def is_unfinished(self) -> bool:
        """Whether only runs are asked for that have no outcome yet."""
        return bool(self.states) and set(self.states) <= set(UNFINISHED)

    @property
    def is_told(self) -> bool:
        """Whether only runs are asked for that failed, or of which something is said."""
        return bool(self.text) or (
            bool(self.states) and set(self.states) <= set(FAILURES)
        )

    @property
    def is_narrow(self) -> bool:
        """Whether rows are to be looked at that will not be shown."""
        return replace(self, job="", reads_errors=False) != RunFilter()

    def conditions(self) -> Q:
        """Return what holds for a run that is looked for, apart from its job."""
        conditions = {
            "status__in": self.states,
            "origin": self.origin,
            "requested_by": self.person,
            "worker__startswith": f"{self.node}:" if self.node else "",
            "created_at__gte": self.since,
            "created_at__lte": self.until,
            "finished_at__gte": self.ended_since,
            "available_at__lte": self.due_before,
        }
        given = Q(**{name: value for name, value in conditions.items() if value})
        return given & self._with_text() if self.text else given

    def _with_text(self) -> Q:
        """Search where the person may read: nobody learns an error by asking for it."""
        in_reason = Q(reason__icontains=self.text)
        if self.reads_errors:
            in_error = Q(error_message__icontains=self.text)
            return in_reason | in_error | Q(error_class__icontains=self.text)
        tried = Q(status__in=UNFINISHED, attempt__gt=0) & ~Q(status=Status.WAITING)
        return in_reason & ~Q(status=Status.FAILED) & ~tried
