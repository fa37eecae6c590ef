"""A URL -> one of Django's databases; without one, an SQLite file of the demo's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from environ import Env

SQLITE = "django.db.backends.sqlite3"
SQLITE_OPTIONS = {
    # A writer waits for its turn instead of failing in the middle of a transaction.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}


def database(url: str, file: Path) -> dict[str, Any]:
    """Return the database that ``url`` names; the SQLite file when it is empty."""
    found = Env.db_url_config(url) if url else {"ENGINE": SQLITE, "NAME": str(file)}
    if found["ENGINE"] == SQLITE:
        found["OPTIONS"] = {**SQLITE_OPTIONS, **found.get("OPTIONS", {})}
    return dict(found)
