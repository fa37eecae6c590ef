"""What was queued while a test ran, and what was not."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from django.db.models import Max, QuerySet

from cronmgmt.models import JobRun

_MISSING = object()


class Watched:
    """The runs that are queued from here on, by ``enqueue`` or by a trigger.

    As a block it stops watching at its end::

        with Watched() as queued:
            client.post("/checkout/")
        queued.assert_queued("invoice:send", {"order_id": 7}, priority=10)
    """

    def __init__(self) -> None:
        self._after = _latest()
        self._until: int | None = None

    def __enter__(self) -> Self:
        self._after, self._until = _latest(), None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._until = _latest()

    @property
    def runs(self) -> list[JobRun]:
        """The runs, in the order in which they were queued."""
        runs = JobRun.objects.filter(pk__gt=self._after)
        if self._until is not None:
            runs = runs.filter(pk__lte=self._until)
        return list(runs.order_by("pk"))

    def matching(
        self, handler: str, params: Mapping[str, Any] | None = None, **columns: Any
    ) -> list[JobRun]:
        """Return the runs of a handler, or of a job of that name, that are like this.

        Of ``params`` those that are named count; ``columns`` are those of the run,
        such as ``priority=10`` or ``unique_key="report:42"``.
        """
        return _matching(self.runs, handler, params or {}, columns)

    def assert_queued(
        self,
        handler: str,
        params: Mapping[str, Any] | None = None,
        *,
        count: int | None = None,
        **columns: Any,
    ) -> JobRun:
        """Fail unless such a run was queued, ``count`` of them if that is given.

        Returns the first of them.
        """
        found = self.matching(handler, params, **columns)
        wanted = f"{handler} {dict(params or {})} {columns or ''}".strip()
        number = "No run" if not found else f"{len(found)} instead of {count} runs"
        fits = bool(found) if count is None else len(found) == count > 0
        assert fits, f"{number} of {wanted} was queued. There is:\n{_listed(self.runs)}"
        return found[0]

    def assert_not_queued(
        self,
        handler: str | None = None,
        params: Mapping[str, Any] | None = None,
        **columns: Any,
    ) -> None:
        """Fail if such a run was queued; without a handler, if any was."""
        runs = self.runs
        found = runs if handler is None else self.matching(handler, params, **columns)
        assert not found, f"This was queued:\n{_listed(found)}"


def assert_queued(
    handler: str,
    params: Mapping[str, Any] | None = None,
    *,
    count: int | None = None,
    **columns: Any,
) -> JobRun:
    """Fail unless such a run is in the database; see :meth:`Watched.assert_queued`."""
    return _everything().assert_queued(handler, params, count=count, **columns)


def assert_not_queued(
    handler: str | None = None,
    params: Mapping[str, Any] | None = None,
    **columns: Any,
) -> None:
    """Fail if such a run is in the database; without a handler, if any is."""
    _everything().assert_not_queued(handler, params, **columns)


def _everything() -> Watched:
    watched = Watched()
    watched._after = 0
    return watched


def _latest() -> int:
    runs: QuerySet[JobRun] = JobRun.objects.all()
    return runs.aggregate(latest=Max("pk"))["latest"] or 0


def _matching(
    runs: list[JobRun],
    handler: str,
    params: Mapping[str, Any],
    columns: Mapping[str, Any],
) -> list[JobRun]:
    return [
        run
        for run in runs
        if handler in (run.handler, run.job_name)
        and all(run.params.get(k, _MISSING) == v for k, v in params.items())
        and all(getattr(run, k) == v for k, v in columns.items())
    ]


def _listed(runs: list[JobRun]) -> str:
    lines = [
        f"  {run.handler} {run.params} ({run.get_status_display()})" for run in runs
    ]
    return "\n".join(lines) or "  nothing"
