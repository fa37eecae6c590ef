"""A beat: what of a running run is written and asked about once a second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from cronmgmt.clock import sql_now
from cronmgmt.engine.leases import lease
from cronmgmt.engine.transactions import in_transaction
from cronmgmt.errors import LeaseLost, RunCancelled
from cronmgmt.models import JobRun, RunLog, Status, move
from cronmgmt.models.updating import Later

if TYPE_CHECKING:
    from cronmgmt.engine.supervision import Watch


def beat(watch: Watch) -> None:
    """Extend the lease if it is time, store log and progress, notice a cancel.

    Raises DatabaseError when the database does not answer; the log is kept then.
    """
    text = watch.output.take()
    report = watch.run.report()
    length = lease().total_seconds()
    early = watch.leased_until - time.monotonic() > length * 2 / 3
    if text or report != watch.written or not early:
        try:
            ours = in_transaction(lambda: _write(watch, text, report))
        except Exception:
            watch.output.give_back(text)
            raise
        if ours:
            watch.written = report
    _ask(watch)


def _write(watch: Watch, text: str, report: dict[str, Any]) -> bool:
    asked = time.monotonic()
    row = watch.row
    ours = move(
        row.pk,
        Status.RUNNING,
        row.claim_token,
        lease_expires_at=Later(lease()),
        **report,
    )
    if ours:
        watch.leased_until = asked + lease().total_seconds()
        # The row is locked by now: nobody else can own the run meanwhile.
        append_log(row, text)
    return ours


def _ask(watch: Watch) -> None:
    row = watch.row
    held = JobRun.objects.filter(
        pk=row.pk, status=Status.RUNNING, claim_token=row.claim_token
    )
    cancelled = held.values_list("cancel_requested", "reason").first()
    if cancelled is None:
        watch.stop(LeaseLost("Another worker may own this run by now."))
    elif cancelled[0]:
        watch.stop(RunCancelled(cancelled[1] or "Cancelled."))


def append_log(row: JobRun, text: str) -> None:
    """Append a piece to the run's log; in the transaction that proves the claim."""
    if text:
        RunLog.objects.create(run=row, attempt=row.attempt, at=sql_now(), text=text)
