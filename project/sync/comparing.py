"""Rows of the source and of the copy -> what must change in the copy. No database."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of a row in the copy without reading all of it."""

    digest: str
    vanished: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What makes a stretch of the copy equal to the source."""

    write: dict[int, Row]
    vanish: list[int]
    unchanged: int


def difference(source: Mapping[int, Row], copy: Mapping[int, Kept]) -> Difference:
    """Compare all rows of a stretch of keys, by key."""
    same = {key for key, row in source.items() if copy.get(key) == _kept(row)}
    write = {key: row for key, row in source.items() if key not in same}
    vanish = [key for key in copy if key not in source and not copy[key].vanished]
    return Difference(write, vanish, len(same))


def _kept(row: Row) -> Kept:
    return Kept(digest(row), vanished=False)


def digest(row: Row) -> str:
    """Return the same text for the same values, whichever database they come from."""
    text = json.dumps(row, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
