"""Rows under headings, as wide as a terminal allows."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TextIO

from django.utils import timezone

GAP = "  "
NARROWEST = 8
"""No column is cut to less, however small the terminal."""


def print_table(
    out: TextIO, headings: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Print rows under headings; in a terminal, columns are cut to fit.

    The last gives way first, for that is where free text stands.
    """
    lines = [list(headings), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    if out.isatty():
        widths = fitted(widths, shutil.get_terminal_size().columns)
    for line in lines:
        cells = (_cut(cell, width) for cell, width in zip(line, widths, strict=True))
        out.write(GAP.join(cells).rstrip() + "\n")


def fitted(widths: Sequence[int], room: int) -> list[int]:
    """Return the widths made smaller until all fit: the last, then the widest."""
    fits = list(widths)
    gaps = len(GAP) * (len(fits) - 1)
    if (over := sum(fits) + gaps - room) > 0:
        fits[-1] = max(fits[-1] - over, min(fits[-1], NARROWEST))
    while sum(fits) + gaps > room:
        widest = max(range(len(fits)), key=fits.__getitem__)
        if fits[widest] <= NARROWEST:
            break
        fits[widest] -= 1
    return fits


def shown(moment: datetime) -> str:
    """Return a moment as clocks in the site's zone show it."""
    try:
        return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"
    except OverflowError:  # The very end of the calendar has no time elsewhere.
        return f"{moment:%Y-%m-%d %H:%M:%S}"


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return shown(cell)
    return " ".join(str(cell).split())


def _cut(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else f"{text[: width - 1]}…"
