"""A new run of a job that replaces -> the run before it is cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.db import connections
from django.db.models import QuerySet

from cronmgmt.clock import sql_now
from cronmgmt.engine import locks
from cronmgmt.engine.mailing import queue_mails
from cronmgmt.engine.overlap import replaces
from cronmgmt.engine.transactions import after_commit
from cronmgmt.models import JobRun, Status, database

UNSTARTED = (Status.QUEUED, Status.WAITING, Status.CLAIMED)

Replaced = list[tuple[int, JobRun]]
"""Keys of runs that end, each with the run that takes its place."""


def make_way(
    runs: Sequence[JobRun], *, wait: bool = False
) -> tuple[list[JobRun], Replaced]:
    """Take their active keys from the runs that these unsaved ones replace.

    Call ``cancel`` with the second answer once the new ones are written, in the same
    transaction. Without ``wait``, a run whose predecessor somebody has locked, who may
    be about to finish it, is left out of the first answer: it is too early to decide.
    The scheduler holds the job's row, for which such a one may wait.
    """
    keys = {run.active_key for run in runs if replaces(run)}
    if not keys:
        return list(runs), []
    older = JobRun.objects.filter(active_key__in=keys)
    held = set() if wait else set(older.values_list("active_key", flat=True))
    locked = _lock(older, wait=wait)
    decided: list[JobRun] = []
    replaced: Replaced = []
    for run in runs:
        key = run.active_key
        if replaces(run) and key in held and key not in locked:
            continue
        if replaces(run) and key in locked:
            replaced.append((locked[key], run))
        decided.append(run)
    JobRun.objects.filter(pk__in=[pk for pk, _ in replaced]).update(active_key=None)
    return decided, replaced


def _lock(runs: QuerySet[JobRun], *, wait: bool) -> dict[str | None, int]:
    """Lock the runs, and return their keys by their active keys."""
    skips = connections[database()].features.has_select_for_update_skip_locked
    rows = runs.order_by("pk").select_for_update(skip_locked=skips and not wait)
    return dict(rows.values_list("active_key", "pk"))


def cancel(replaced: Replaced) -> None:
    """End the replaced runs: at once if they have not started, else by interruption."""
    for pk, newer in replaced:
        if newer.pk is None:  # MySQL does not tell the keys of a batch.
            newer.pk = JobRun.objects.get(execution_id=newer.execution_id).pk
        reason = f"Replaced by run {newer.pk}."
        old = JobRun.objects.filter(pk=pk)
        ended = old.filter(status__in=UNSTARTED).update(
            **ENDED, finished_at=sql_now(), reason=reason
        )
        if ended:
            queue_mails(old)
            after_commit(partial(pass_on, pk))
        else:
            running = old.filter(status=Status.RUNNING)
            running.update(cancel_requested=True, reason=reason)


ENDED = {
    "status": Status.CANCELLED,
    "active_key": None,
    "waits_for": None,
    "claim_token": "",
    "lease_expires_at": None,
}
"""What makes a run that has not started a cancelled one."""


def pass_on(pk: int) -> None:
    """Wake others: the run that ended without starting may have been the woken one."""
    run = JobRun.objects.filter(pk=pk).first()
    if run is not None and run.lock_digest:
        locks.wake(run.lock_digest)
