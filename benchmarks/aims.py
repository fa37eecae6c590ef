"""What is aimed at, row by row, and whether the figures meet it."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.contenders import (
    CELERY_BEAT_RESULTS,
    CRONMGMT,
    CRONMGMT_PORTABLE,
    CRONMGMT_PORTABLE_REDIS,
    CRONMGMT_REDIS,
    DJANGO_Q2,
    DJANGO_Q2_REDIS,
    OURS,
    PAGES_SITE,
    PEERS,
    PROCRASTINATE_PAIR,
    Contender,
)
from benchmarks.pages import (
    FEW,
    MANY,
    MOST_STATEMENTS,
    MOST_TIMES,
    PAGES,
    sql_time,
    statements,
)
from benchmarks.results import Results, Row, Spread

PEER_LABELS = frozenset(peer.label for peer in PEERS)


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure of ours, what it is compared with, and the bound.

    ``against`` is a contender, or None for the best peer where higher is better.
    ``bound`` holds for the ratio of the two unless ``kind`` says otherwise.
    """

    row: Row
    bound: float
    text: str
    against: Row | None = None
    kind: str = "at least"
    """at least, at most (of the ratio), more (of the difference), value."""
    enough: float = float("inf")
    """Met in any case when our own value is at least this."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of an aim."""

    aim: Aim
    compared: str
    """Whom with; empty when the value counts by itself."""
    figure: Spread
    """The ratio, difference or value that the bound is about."""
    met: bool


def judge(aim: Aim, results: Results) -> Verdict | None:
    """Return what came of an aim; None when it was not measured."""
    if not results.has(aim.row):
        return None
    own = results.spread(aim.row)
    if aim.kind == "value":
        return Verdict(aim, "", own, own.median <= aim.bound)
    against = aim.against or best_peer(results, aim.row)
    if against is None or not results.has(against):
        return None
    name = against.contender
    if against.measure != aim.row.measure:
        name = against.measure
    if aim.kind == "more":
        figure = results.difference(aim.row, against)
        return Verdict(aim, name, figure, figure.median <= aim.bound)
    figure = results.ratio(aim.row, against)
    if aim.kind == "at most":
        return Verdict(aim, name, figure, figure.median <= aim.bound)
    met = figure.median >= aim.bound or own.median >= aim.enough
    return Verdict(aim, name, figure, met)


def best_peer(results: Results, row: Row) -> Row | None:
    """Return the peer with the highest median of the same measure."""
    peers = [
        other
        for other in results.rows(row.part, row.measure)
        if other.contender in PEER_LABELS
    ]
    return max(peers, key=lambda peer: results.spread(peer).median, default=None)


FINISHED = "finished runs"
QUEUED = "due schedules queued"
P99_OF_200 = "200 due at once: p99"
P99_OF_1000 = "1000 due at once: p99"
ONE_DUE = "one due: p50"
TRIGGER = "manual trigger: p50"
STATEMENTS = "statements while idle"
MEMORY = "memory while idle"
PROCESSOR = "processor time while idle"
ONE_BY_ONE = "enqueued one by one"
IN_A_TRANSACTION = "enqueued one by one in one transaction"
AT_ONCE = "enqueued 10,000 at once"
FRESH = "claim: fresh small table"
SHAPES = (
    "claim: 1,000,000 finished, 100,000 queued",
    "claim: 10,000 parked behind one lock",
    "claim: after 200,000 runs in a row",
    "claim: beside an open REPEATABLE READ transaction",
)


def _row(part: str, measure: str, contender: Contender) -> Row:
    return Row(part, measure, contender.label)


def _throughput() -> list[Aim]:
    statements = [
        Aim(_row("a", FINISHED, each), 2.0, "at least 2 × the best peer")
        for each in OURS
    ]
    portable = [
        Aim(_row("a", FINISHED, each), 1.1, "at least 1.1 × the best peer")
        for each in (CRONMGMT_PORTABLE, CRONMGMT_PORTABLE_REDIS)
    ]
    return statements + portable


def _schedules() -> list[Aim]:
    text = "at least 3 × the best peer, or 5,000 /s"
    return [Aim(_row("b", QUEUED, each), 3.0, text, enough=5_000.0) for each in OURS]


def _lateness() -> list[Aim]:
    aims = []
    for each, poll in ((CRONMGMT, 250.0), (CRONMGMT_REDIS, 50.0)):
        beat = _row("c", P99_OF_200, CELERY_BEAT_RESULTS)
        other = _row("c", P99_OF_1000, PROCRASTINATE_PAIR)
        aims += [
            Aim(_row("c", P99_OF_200, each), 0.25, "at most 1/4 of", beat, "at most"),
            Aim(_row("c", P99_OF_1000, each), 0.25, "at most 1/4 of", other, "at most"),
            Aim(_row("c", ONE_DUE, each), 25.0, "within 25 ms", kind="value"),
            Aim(
                _row("c", TRIGGER, each),
                poll,
                f"within the broker's poll + 50 ms: {poll:.0f} ms",
                kind="value",
            ),
        ]
    return aims


def _idle() -> list[Aim]:
    aims = []
    for ours, theirs in ((CRONMGMT, DJANGO_Q2), (CRONMGMT_REDIS, DJANGO_Q2_REDIS)):
        for measure, bound, text, kind in (
            (STATEMENTS, 1.5, "at most 1.5 /s more than", "more"),
            (MEMORY, 1.15, "at most 1.15 ×", "at most"),
            (PROCESSOR, 1.3, "at most 1.3 ×", "at most"),
        ):
            against = _row("d", measure, theirs)
            aims.append(Aim(_row("d", measure, ours), bound, text, against, kind))
    return aims


def _claims() -> list[Aim]:
    fresh = _row("e", FRESH, CRONMGMT)
    return [
        Aim(_row("e", shape, CRONMGMT), 1.5, "at most 1.5 ×", fresh, "at most")
        for shape in SHAPES
    ]


def _work() -> list[Aim]:
    aims = []
    for ours, theirs in ((CRONMGMT, DJANGO_Q2), (CRONMGMT_REDIS, DJANGO_Q2_REDIS)):
        single, many = _row("f", ONE_BY_ONE, ours), _row("f", AT_ONCE, ours)
        other = _row("f", AT_ONCE, PROCRASTINATE_PAIR)
        aims += [
            Aim(single, 1.0, "at least as fast as", _row("f", ONE_BY_ONE, theirs)),
            Aim(many, 5.0, "at least 5 ×", _row("f", AT_ONCE, theirs)),
            Aim(many, 1.0, "at least as fast as", other),
        ]
    return aims


def _pages() -> list[Aim]:
    aims = []
    for page in PAGES:
        few = _row("pages", sql_time(page, FEW), PAGES_SITE)
        many = _row("pages", sql_time(page, MANY), PAGES_SITE)
        count = _row("pages", statements(page, MANY), PAGES_SITE)
        most = f"at most {MOST_STATEMENTS}"
        aims += [
            Aim(many, MOST_TIMES, f"at most {MOST_TIMES} ×", few, "at most"),
            Aim(count, MOST_STATEMENTS, most, kind="value"),
        ]
    return aims


AIMS = (
    *_throughput(),
    *_schedules(),
    *_lateness(),
    *_idle(),
    *_claims(),
    *_work(),
    *_pages(),
)
