"""Work under a key -> one unfinished run of it: a constraint, whoever is faster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction

from cronmgmt.engine.bulk import insert_many
from cronmgmt.errors import InvalidWork, shorten
from cronmgmt.models import JobRun, database
from cronmgmt.models.inserting import Row
from cronmgmt.text import clean_text, digest

TRIES = 5
"""So often others may queue work under the same keys between our look and our write."""

CHUNK = 500
"""Keys that one statement asks for."""

LONGEST = 200


class Queued(NamedTuple):
    """The run that does the work, and whether it was made for it just now."""

    execution_id: UUID
    is_new: bool


def active_key(unique_key: object) -> str:
    """Return what is unique among unfinished runs; the keys of jobs are others."""
    if not isinstance(unique_key, str) or not 0 < len(unique_key) <= LONGEST:
        raise InvalidWork(
            f"A unique key is text of 1 to {LONGEST} characters; got "
            f"{shorten(unique_key)!r}."
        )
    return digest("unique", unique_key)


def insert_unique(
    shared: Row, rows: Sequence[Row], unique_keys: Sequence[str]
) -> list[Queued]:
    """Write those of ``rows`` under whose key no unfinished run is.

    The answers are in the order of ``rows``: the new run, or the one that is there.
    """
    if len(rows) != len(unique_keys):
        raise InvalidWork(
            f"There are {len(rows)} pieces of work and {len(unique_keys)} unique keys."
        )
    keys = [active_key(unique_key) for unique_key in unique_keys]
    first: dict[str, int] = {}
    wanted: dict[str, Row] = {}
    for number, (row, key) in enumerate(zip(rows, keys, strict=True)):
        if first.setdefault(key, number) == number:
            name = clean_text(unique_keys[number])
            wanted[key] = {**row, "active_key": key, "unique_key": name}
    there = _settle(shared, wanted)
    return [
        Queued(
            there.get(key) or UUID(wanted[key]["execution_id"]),
            is_new=key not in there and first[key] == number,
        )
        for number, key in enumerate(keys)
    ]


def _settle(shared: Row, wanted: Mapping[str, Row]) -> dict[str, UUID]:
    """Write what can be written; return the runs that hold the other keys."""
    for attempt in range(1, TRIES + 1):
        there = holders(list(wanted))
        new = [row for key, row in wanted.items() if key not in there]
        try:
            with transaction.atomic(using=database()):
                insert_many(shared, new)
        except IntegrityError:
            if attempt == TRIES:
                raise
        else:
            return there
    raise AssertionError("unreachable")


def holders(keys: Sequence[str]) -> dict[str, UUID]:
    """Return the unfinished runs that hold any of the keys."""
    found: dict[str, UUID] = {}
    for start in range(0, len(keys), CHUNK):
        runs = JobRun.objects.filter(active_key__in=keys[start : start + CHUNK])
        found.update(runs.values_list("active_key", "execution_id"))  # type: ignore[arg-type]
    return found
