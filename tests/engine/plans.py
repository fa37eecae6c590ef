"""How the database goes about the statements that a piece of work executes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.db import connection

READS = re.compile(r"\s*(SELECT|UPDATE|DELETE|WITH|EXECUTE)\b")
GROWING = re.compile(r"cronmgmt_(jobrun|scheduledjob)\b|^EXECUTE\b")
"""Tables that hold ever more rows; what people make by hand is read as a whole."""

ALL = "the whole table"
END = "the end of an index"
PRIMARY_KEY = "the primary key"
OF_FEW = {"cronmgmt_run_told", "cronmgmt_run_told_end"}
"""Indexes of some rows only: to read on in one is not to read the table."""


class Explained(NamedTuple):
    """A statement and what the database reads to answer it."""

    sql: str
    reads: set[str]


def explain(work: Callable[[], object]) -> list[Explained]:
    """Do the work, and explain each statement on runs and jobs that it executed."""
    executed: list[tuple[str, Any]] = []

    def record(execute, sql, params, many, context):
        if READS.match(sql) and GROWING.search(sql):
            executed.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        work()
    if connection.vendor == "postgresql":
        # A small table is read as a whole, or out of order, whatever indexes it has.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
    return [Explained(sql, set(_reads(sql, params))) for sql, params in executed]


def _reads(sql: str, params: Any) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"{PREFIXES[connection.vendor]} {sql}", params)
        rows = cursor.fetchall()
    return READERS[connection.vendor](rows)


def _postgresql(rows: list[Any]) -> Iterator[str]:
    text = rows[0][0]
    plans = json.loads(text) if isinstance(text, str) else text
    nodes = [plan["Plan"] for plan in plans]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        name = node.get("Index Name")
        reads_on = name and "Index Cond" not in node and name not in OF_FEW
        if node["Node Type"] == "Seq Scan" or reads_on:
            yield ALL
        elif name:
            yield PRIMARY_KEY if name.endswith("_pkey") else name
        if node["Node Type"] == "Sort":
            yield "a sort"


def _mysql(rows: list[Any]) -> Iterator[str]:
    for row in rows:
        table, way, key, extra = row[2], row[3], row[5], row[-1]
        if table is None:
            # Known to be empty without a look, or the least of an index.
            if "optimized away" in (extra or ""):
                yield END
            continue
        if key is None or way in ("ALL", "index"):
            yield ALL
        else:
            yield PRIMARY_KEY if key == "PRIMARY" else key
        if "filesort" in (extra or ""):
            yield "a sort"


def _sqlite(rows: list[Any]) -> Iterator[str]:
    for *_, detail in rows:
        if detail == "SCAN CONSTANT ROW":
            continue
        if detail.startswith("SCAN") and "USING" not in detail:
            yield ALL
        elif "PRIMARY KEY" in detail:
            yield PRIMARY_KEY
        elif index := re.search(r"INDEX (\w+)", detail):
            yield index[1]
        elif "B-TREE" in detail:
            yield "a sort"


PREFIXES = {
    "postgresql": "EXPLAIN (FORMAT JSON)",
    "mysql": "EXPLAIN",
    "sqlite": "EXPLAIN QUERY PLAN",
}
READERS = {"postgresql": _postgresql, "mysql": _mysql, "sqlite": _sqlite}
