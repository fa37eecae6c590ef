"""Runs that share a lock -> at most so many at once; the others are parked.

A lock is a row for each of its places. Its first one is also the gate: whoever takes,
frees, parks or wakes under a lock holds the gate's row lock, so that no two of them
decide by the same view and no wake-up is lost. Row locks are taken in the order run,
job, gate; who holds a gate waits for nothing, so there are no deadlocks.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import TypeVar

from django.db import connections
from django.db.models import Exists, Model, OuterRef, QuerySet

from cronmgmt.clock import sql_now
from cronmgmt.engine.overlap import give_active_key_back, take_active_key
from cronmgmt.engine.rings import ring_on_commit
from cronmgmt.engine.transactions import in_transaction, in_transactions
from cronmgmt.models import JobRun, LockSlot, Status, database, move

M = TypeVar("M", bound=Model)
logger = logging.getLogger("cronmgmt.engine")

WINDOW = 500
"""So far into the queue a parked run looks for others to be parked with it."""

BATCH = 200
COMPLAINT = "The lock %s could not be swept"
KNOWN = 10_000

AWAKE = {"status": Status.QUEUED, "waits_for": None, "reason": ""}
"""What makes a parked run one that anybody may claim."""


def take(run: JobRun) -> bool:
    """Take a slot for a claimed run, or park it; in the transaction that starts it.

    False: fewer than the run's ``concurrency`` must hold the lock, and do not.
    """
    # Before the gate: another who is about to make a run of the job may be waited for.
    blocker = take_active_key(run)
    slots = _locked_slots(run.lock_digest)
    holders = [slot.run_id for slot in slots if slot.run_id is not None]
    if run.pk in holders:
        return True  # Code that knows of no locks had it before, and freed nothing.
    if blocker is not None:
        _park(run, [blocker])
        return False
    if len(holders) >= run.concurrency:
        give_active_key_back(run)
        _park(run, holders)
        return False
    free = [slot.pk for slot in slots if slot.run_id is None]
    if not LockSlot.objects.filter(pk__in=free[:1], run=None).update(run=run):
        following = max((slot.slot for slot in slots), default=-1) + 1
        LockSlot.objects.create(key=run.lock_digest, slot=following, run=run)
    return True


def release(run: JobRun) -> None:
    """Free the slot of a run that is held no more, and wake the best of the parked.

    To be called last in the transaction that proves with the run's token that it was
    ours: who lost the lease cannot free what another holds.
    """
    if not run.lock_digest:
        return
    slots = _locked_slots(run.lock_digest)
    held = 0
    for slot in slots:
        if slot.run_id == run.pk:
            LockSlot.objects.filter(pk=slot.pk).update(run=None)
        elif slot.run_id is not None:
            held += 1
    _wake(run.lock_digest, held)


def wake(key: str) -> int:
    """Wake as many of the parked as may start now; returns how many.

    For when a run that was woken will not start: nobody else would pass it on.
    """
    return in_transaction(partial(_wake_all, key))


def sweep() -> int:
    """Free what ended runs still hold and wake who waits for nobody.

    The net under all the rest: for code that does not know of locks, rows changed by
    hand, and a woken run whose queue nobody works off. It waits for nobody, not even
    for a stopped process that holds a gate. Returns how many were woken.
    """
    held = set(stale().values_list("key", flat=True)[:BATCH])
    in_transactions(_free_stale, sorted(held), COMPLAINT)
    pass_over = partial(_wake_all, wait=False)
    return in_transactions(pass_over, _keys_waited_for(), COMPLAINT)


def forget_unused() -> None:
    """Delete the slots of locks that nobody holds; they are made again when needed."""
    busy = LockSlot.objects.filter(run__isnull=False).values_list("key", flat=True)
    free = LockSlot.objects.exclude(key__in=busy).order_by("pk")
    keys = list(free.values_list("pk", flat=True)[:BATCH])
    LockSlot.objects.filter(pk__in=keys, run=None).delete()


def sentence(run: JobRun, holders: Sequence[int]) -> str:
    """Say what a run waits for."""
    if not any(holders):
        return f"Waits for its turn: {run.job_name} is about to be due."
    numbers = ", ".join(str(number) for number in sorted(holders)[:3])
    more = f" and {len(holders) - 3} others" if len(holders) > 3 else ""
    many = len(holders) > 1
    if run.lock_key:
        by = f"runs {numbers}{more}" if many else f"run {numbers}"
        return f"Waits for the lock {run.lock_key}, held by {by}."
    which = f"one of the runs {numbers}{more}" if many else f"run {numbers}"
    return f"Waits until {which} of {run.job_name} has ended."


_known_gates: set[str] = set()


def ensure_gate(key: str) -> None:
    """Make the lock's first slot if it may not be there yet.

    Outside of the transaction that locks it: there, several who insert it at once
    would end in a deadlock on MariaDB.
    """
    if key not in _known_gates:
        in_transaction(partial(LockSlot.objects.get_or_create, key=key, slot=0))
        if len(_known_gates) > KNOWN:
            _known_gates.clear()
        _known_gates.add(key)


def _locked_slots(key: str, *, wait: bool = True) -> list[LockSlot]:
    """Lock the gate, and return all slots as they are then.

    Without ``wait``: none, if somebody else has it locked.
    """
    gate = LockSlot.objects.filter(key=key, slot=0)
    locked = gate.select_for_update() if wait else _skipping(gate)
    if not list(locked):
        if not wait and gate.exists():
            return []
        # Deleted since it was seen, as unused.
        LockSlot.objects.get_or_create(key=key, slot=0)
        list(locked.all())
    # A second statement: what was committed while we waited is seen only by that.
    return list(LockSlot.objects.filter(key=key).order_by("slot"))


def _park(run: JobRun, holders: Sequence[int]) -> None:
    """Park a claimed run, and with it those like it that stand near in the queue."""
    parked = {"status": Status.WAITING, "waits_for": run.lock_digest}
    reason = sentence(run, holders)
    ours = {"claim_token": "", "worker": "", "lease_expires_at": None}
    if not move(
        run.pk, Status.CLAIMED, run.claim_token, **parked, **ours, reason=reason
    ):
        return
    others = _keys(_skipping(_like(run, len(holders))))
    JobRun.objects.filter(pk__in=others).update(**parked, reason=reason)


def _like(run: JobRun, held: int) -> QuerySet[JobRun]:
    """Return the runs near the head of the queue that the same holders keep waiting.

    Else each of ten thousand would be claimed only to be parked.
    """
    ready = JobRun.objects.filter(
        queue=run.queue, status=Status.QUEUED, available_at__lte=sql_now()
    ).order_by("priority", "available_at", "id")
    near = ready.values_list("pk", "lock_digest", "concurrency")[:WINDOW]
    keys = [
        pk
        for pk, digest, concurrency in near
        if digest == run.lock_digest and concurrency <= held
    ]
    return JobRun.objects.filter(pk__in=keys, status=Status.QUEUED)


def _wake(key: str, held: int) -> bool:
    """Queue the best of those that may start while ``held`` hold the lock."""
    best = _best_parked(key, held)
    if not best:
        return False
    runs = JobRun.objects.filter(pk__in=best)
    if not runs.filter(status=Status.WAITING).update(**AWAKE):
        runs.update(waits_for=None)  # Its row was changed by hand: it waits no more.
        return _wake(key, held)
    ring_on_commit(dict.fromkeys(runs.values_list("queue", flat=True), 1))
    return True


def _best_parked(key: str, held: int) -> list[int]:
    """Lock the best of the parked that may start, and return its key, if there is one."""
    # No other condition: PostgreSQL would think that few fulfil it, and sort them all.
    parked = JobRun.objects.filter(waits_for=key)
    parked = parked.order_by("priority", "available_at", "id")
    head = list(_skipping(parked).values_list("pk", "concurrency")[:1])
    if not head or head[0][1] > held:
        return [pk for pk, _ in head]
    # That one allows fewer at once. Others may do with more; not all can be looked at.
    near = parked.values_list("pk", "concurrency")[:WINDOW]
    fitting = [pk for pk, concurrency in near if concurrency > held]
    return _keys(_skipping(JobRun.objects.filter(pk__in=fitting[:1])))


def _skipping(rows: QuerySet[M]) -> QuerySet[M]:
    """Lock what is read, and pass over what somebody else has locked."""
    skips = connections[database()].features.has_select_for_update_skip_locked
    return rows.select_for_update(skip_locked=skips)


def _keys(runs: QuerySet[JobRun]) -> list[int]:
    return list(runs.values_list("pk", flat=True))


def _wake_all(key: str, *, wait: bool = True) -> int:
    slots = _locked_slots(key, wait=wait)
    if not slots:
        return 0
    held = first = sum(slot.run_id is not None for slot in slots)
    while held < first + BATCH and _wake(key, held):
        held += 1
    return held - first


def stale() -> QuerySet[LockSlot]:
    """Return the slots of runs that are under way no more."""
    held = LockSlot.objects.filter(run__isnull=False).order_by("pk")
    # No join: a run that was deleted by hand is not there to be joined.
    running = JobRun.objects.filter(pk=OuterRef("run_id"), status=Status.RUNNING)
    return held.exclude(Exists(running))


def _free_stale(key: str) -> int:
    if not _locked_slots(key, wait=False):
        return 0
    left = dict(stale().filter(key=key).values_list("pk", "run_id"))
    if left:
        runs = ", ".join(map(str, sorted(left.values())))
        logger.warning("Freed the lock that run %s left behind.", runs)
    return LockSlot.objects.filter(pk__in=left).update(run=None)


_swept_to = ""


def _keys_waited_for() -> list[str]:
    """Return the locks that runs are parked for: one look into the index for each.

    At most BATCH of them; the next call goes on where this one ended.
    """
    global _swept_to
    keys: list[str] = []
    parked = JobRun.objects.order_by("waits_for").values_list("waits_for", flat=True)
    while len(keys) < BATCH:
        key = parked.filter(waits_for__gt=_swept_to).first()
        if key is None:
            _swept_to = ""
            break
        keys.append(key)
        _swept_to = key
    return keys
