"""Text and JSON made fit for every database, before anything is written."""

from __future__ import annotations

import hashlib
import json
import math
import re
from typing import Any

# PostgreSQL refuses NUL in text and in jsonb; lone surrogates cannot be encoded.
_REFUSED = re.compile("[\x00\ud800-\udfff]")

NAME = re.compile(r"[a-z0-9_.:-]+")
"""What names of jobs, handlers and queues are made of."""

NAME_LENGTH = 100

DEEPEST = 30
"""Levels of JSON that every database reads; MariaDB gives up first, at 32."""


def clean_text(value: object, limit: int | None = None) -> str:
    """Return ``value`` as text that every database takes, at most ``limit`` long."""
    text = _REFUSED.sub("\ufffd", value if isinstance(value, str) else safe_str(value))
    if limit is None or len(text) <= limit:
        return text
    return f"{text[: limit - 1]}…"


def safe_str(value: object) -> str:
    """Return ``str(value)``, or a description when that raises."""
    try:
        return str(value)
    except BaseException as error:
        return f"<{type(value).__name__}; its text raised {type(error).__name__}>"


def full_name(kind: type) -> str:
    """Return a class's dotted name, without the module for one that is built in."""
    if kind.__module__ == "builtins":
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def clean_json(value: Any) -> Any:
    """Return ``value`` as plain JSON data that every database takes.

    NaN and the infinities become null. Raises TypeError or ValueError for what JSON,
    or a database's own reader of it, cannot hold.
    """
    # Most of what is handed over are numbers and words.
    if type(value) is str:
        return clean_text(value)
    if value is None or (type(value) is int and abs(value) < 2**63):
        return value
    return _clean(json.loads(json.dumps(value)), DEEPEST)


def _clean(value: Any, levels: int) -> Any:
    if levels < 0:
        raise ValueError(f"it is nested deeper than {DEEPEST} levels")
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [_clean(item, levels - 1) for item in value]
    if isinstance(value, dict):
        return {
            clean_text(key): _clean(item, levels - 1) for key, item in value.items()
        }
    return value


def digest(*parts: object) -> str:
    """Return a hex key of ``parts``: collations make ``A``, ``a`` and ``A `` equal."""
    texts = (part if type(part) is str else safe_str(part) for part in parts)
    joined = clean_text("\x1f".join(texts))
    return hashlib.sha256(joined.encode()).hexdigest()


def is_name(value: object) -> bool:
    """Return whether ``value`` can name a job, a handler or a queue."""
    return (
        isinstance(value, str)
        and len(value) <= NAME_LENGTH
        and NAME.fullmatch(value) is not None
        and bool(value.strip("."))  # Browsers take ``..`` in an address for a way up.
    )
