"""The site's secret key: made once, kept in a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path


def secret_key(file: Path) -> str:
    """Return the key in ``file``; make one if there is none.

    Two processes that start at the same time end up with the same key.
    """
    try:
        return file.read_text()
    except FileNotFoundError:
        _make(file)
    return file.read_text()


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=file.parent)
    try:
        with open(handle, "w") as out:
            out.write(secrets.token_urlsafe(50))
        # A link appears whole or not at all, and never replaces an earlier one.
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
