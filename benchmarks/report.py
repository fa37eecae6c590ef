"""Results -> a table for people, Markdown for the docs, JSON for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.aims import AIMS, Verdict, judge
from benchmarks.catalogue import PARTS
from benchmarks.results import Results, Row, Spread

HEADINGS = ("what", "contender", "median", "spread", "unit")
AIM_HEADINGS = ("what", "contender", "aim", "compared with", "is", "spread", "")


def verdicts(results: Results, part: str) -> list[Verdict]:
    """Return what came of the aims of a part, as far as they were measured."""
    judged = (judge(aim, results) for aim in AIMS if aim.row.part == part)
    return [verdict for verdict in judged if verdict is not None]


def number(value: float) -> str:
    """Return a figure with as many digits as it deserves."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def between(spread: Spread) -> str:
    """Return the least and the most."""
    return f"{number(spread.least)} – {number(spread.most)}"


def _figures(results: Results, part: str) -> Iterator[tuple[str, ...]]:
    for row in sorted(results.rows(part), key=lambda row: _order(results, row)):
        spread = results.spread(row)
        yield (
            row.measure,
            row.contender,
            number(spread.median),
            between(spread),
            results.units[row],
        )


def _order(results: Results, row: Row) -> int:
    measures = list(dict.fromkeys(each.measure for each in results.rows(row.part)))
    return measures.index(row.measure)


def _judged(results: Results, part: str) -> Iterator[tuple[str, ...]]:
    for verdict in verdicts(results, part):
        aim = verdict.aim
        times = " ×" if aim.kind in ("at least", "at most") else ""
        unit = times or f" {results.units[aim.row]}"
        yield (
            aim.row.measure,
            aim.row.contender,
            aim.text,
            verdict.compared,
            number(verdict.figure.median) + unit,
            between(verdict.figure),
            "met" if verdict.met else "NOT MET",
        )


def parts_of(results: Results) -> list[str]:
    """Return the parts that were measured."""
    return [part for part in PARTS if results.rows(part)]


def as_text(results: Results, *, judged: bool = True) -> str:
    """Return the tables for a terminal; not judged when little was measured."""
    lines: list[str] = []
    for part in parts_of(results):
        lines += ["", f"{part}. {PARTS[part].title}"]
        lines += _aligned([HEADINGS, *_figures(results, part)])
        if judged and (rows := list(_judged(results, part))):
            lines += ["", *_aligned([AIM_HEADINGS, *rows])]
    return "\n".join([*lines, "", *results.notes])


def _aligned(rows: Iterable[tuple[str, ...]]) -> list[str]:
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in table]


def as_markdown(results: Results) -> str:
    """Return the tables for ``docs/performance.md``."""
    lines: list[str] = []
    for part in parts_of(results):
        lines += [f"### {part}. {PARTS[part].title}", ""]
        lines += _piped([HEADINGS, *_figures(results, part)])
        if judged := list(_judged(results, part)):
            lines += ["", *_piped([AIM_HEADINGS, *judged])]
        lines.append("")
    return "\n".join([*lines, *results.notes])


def _piped(rows: Iterable[tuple[str, ...]]) -> list[str]:
    table = [f"| {' | '.join(row)} |" for row in rows]
    return [table[0], "|---" * (table[0].count("|") - 1) + "|", *table[1:]]


def as_json(results: Results, settings: dict[str, Any], rounds: int) -> str:
    """Return everything that was measured, value by value."""
    rows = [
        {
            **row._asdict(),
            "unit": results.units[row],
            **results.spread(row)._asdict(),
            "rounds": results.rounds[row],
        }
        for row in results.rounds
    ]
    judged = [
        {**asdict(v.aim), "compared": v.compared, **v.figure._asdict(), "met": v.met}
        for part in parts_of(results)
        for v in verdicts(results, part)
    ]
    document = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "rounds": rounds,
        "settings": settings,
        "figures": rows,
        "aims": judged,
        "notes": results.notes,
    }
    return json.dumps(document, indent=1)


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    return {
        "processors": os.cpu_count(),
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def write(folder: Path, text: str) -> Path:
    """Write a report as JSON into a folder; return the file."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.json"
    path.write_text(text + "\n")
    return path
