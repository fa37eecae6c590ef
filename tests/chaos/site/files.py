"""What a file of SQLite's can be made to do, by flags that lie beside the witness."""

from __future__ import annotations

import os
from typing import Any

from django.db.backends.signals import connection_created

FLAGS = {
    "read-only": ("PRAGMA query_only = 1", "PRAGMA query_only = 0"),
    "full": ("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 4294967294"),
}
"""What a connection is told when the flag is there, and when it is not."""


def heed_flags() -> None:
    """Let every connection from now on look at the flags before each statement."""
    connection_created.connect(_watch, dispatch_uid="flags")


def flag(name: str) -> str:
    """Return the path of a flag."""
    return f"{os.environ['SITE_WITNESS']}.{name}"


def _watch(connection: Any, **kwargs: Any) -> None:
    if connection.vendor != "sqlite":
        return
    told: dict[str, bool] = {}

    def look(run: Any, *arguments: Any) -> Any:
        for name, (with_it, without_it) in FLAGS.items():
            is_there = os.path.exists(flag(name))
            if is_there != told.get(name, False):
                connection.connection.execute(with_it if is_there else without_it)
                told[name] = is_there
        return run(*arguments)

    # It stays when the connection is closed and opened again; what is told does not.
    connection.execute_wrappers[:] = [look]
