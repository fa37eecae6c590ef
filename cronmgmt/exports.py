"""Rows -> a CSV or JSON file, sent as they come: no more than one is in memory.

No cell of a CSV file is one that a spreadsheet would compute.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What begins with one of these, a spreadsheet may compute."""

Rows = Iterable[Sequence[Any]]


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_response(
    name: str, columns: Sequence[str], rows: Rows
) -> StreamingHttpResponse:
    """Answer with a CSV file of that name."""
    return _file(name, "text/csv; charset=utf-8", csv_lines(columns, rows))


def json_response(
    name: str, key: str, columns: Sequence[str], rows: Rows
) -> StreamingHttpResponse:
    """Answer with a JSON file: ``{key: [an object for each row]}``."""
    return _file(name, "application/json", json_pieces(key, columns, rows))


def csv_lines(columns: Sequence[str], rows: Rows) -> Iterator[str]:
    """Yield a CSV file, line by line."""
    # All text is quoted: elsewhere the separator is a semicolon, and what follows one
    # would be a cell of its own.
    writer = csv.writer(_Line(), quoting=csv.QUOTE_NONNUMERIC)
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def json_pieces(key: str, columns: Sequence[str], rows: Rows) -> Iterator[str]:
    """Yield a JSON object with a list of objects, one by one."""
    opening = f"{{{json.dumps(key)}: ["
    for row in rows:
        facts = zip(columns, map(_plain, row), strict=True)
        yield opening + json.dumps(dict(facts))
        opening = ",\n"
    yield "]}" if opening == ",\n" else f"{opening}]}}"


def cell(value: Any) -> Any:
    """Return a value that a spreadsheet shows as it is."""
    if value is None:
        return ""
    value = _plain(value)
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA):
        return f"'{value}"
    return value


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _file(name: str, kind: str, pieces: Iterable[str]) -> StreamingHttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingHttpResponse(pieces, content_type=kind, headers=headers)
