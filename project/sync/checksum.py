"""A table -> one text: equal for equal rows, in whichever database they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from project.sync.comparing import Row, digest
from project.sync.copying import Copy


def source_checksum(copy: Copy) -> str:
    """Return the checksum of all rows of the source."""
    return _checksum(copy.source_rows().values_list(*copy.columns).iterator())


def target_checksum(copy: Copy) -> str:
    """Return the checksum of the copy, without what has vanished."""
    rows = copy.target_rows().filter(vanished_at=None)
    return _checksum(rows.values_list(*copy.columns).iterator())


def _checksum(rows: Iterable[Row]) -> str:
    whole = hashlib.blake2b(digest_size=16)
    for row in rows:
        whole.update(digest(row).encode())
    return whole.hexdigest()
