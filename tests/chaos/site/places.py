"""Real places, of which there are only so many: the kernel says who has one.

A file's lock is gone at the instant at which its process dies, neither sooner nor
later, whatever the engine believes and whatever any clock shows.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TextIO

from django.db import DatabaseError

from cronmgmt.models import JobRun, Status
from tests.scenarios.site.witness import note


@contextmanager
def inside(run: Any, name: str, number: int) -> Iterator[None]:
    """Have one of ``number`` places; when all are taken, note by whom."""
    with ExitStack() as exits:
        beside = []
        for place in range(number):
            path = f"{os.environ['SITE_WITNESS']}.{name}.{place}"
            file = exits.enter_context(open(path, "a+"))
            if _is_ours(file):
                file.truncate(0)
                file.write(f"{run.fencing_token}\n")
                file.flush()
                break
            file.seek(0)
            beside.append(int(file.read() or 0))
        else:
            entitled = _entitled([run.fencing_token, *beside])
            note("CROWDED", run, beside=beside, entitled=entitled, places=number)
        yield


def _is_ours(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _entitled(tokens: Sequence[int]) -> list[int]:
    """Return those whose runs are theirs, by the record as it is now.

    One that stood still for longer than its lease is inside until it wakes up, and is
    ended then: its run has been given up as lost.
    """
    keys = [token // 65_536 for token in tokens]
    try:
        running = JobRun.objects.filter(pk__in=keys, status=Status.RUNNING)
        return [each.fencing_token for each in running if each.fencing_token in tokens]
    except DatabaseError:
        return []  # It is what is attacked: no answer, no accusation.
