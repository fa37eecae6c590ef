"""Whether what was measured meets what is aimed at."""

from __future__ import annotations

import pytest

from benchmarks.aims import AIMS, Aim, best_peer, judge
from benchmarks.contenders import CELERY_BEAT_RESULTS, CRONMGMT, DJANGO_Q2
from benchmarks.results import Results, Row

OURS = Row("a", "finished runs", CRONMGMT.label)
SLOW = Row("a", "finished runs", DJANGO_Q2.label)
FAST = Row("a", "finished runs", CELERY_BEAT_RESULTS.label)


@pytest.fixture
def results():
    results = Results()
    for row, value in ((OURS, 1500), (SLOW, 500), (FAST, 600)):
        results.add(row, "/s", 0, value)
    return results


def test_the_best_peer_is_the_fastest_of_those_that_were_measured(results):
    assert best_peer(results, OURS) == FAST


def test_we_are_no_peer_of_ourselves(results):
    assert best_peer(results, Row("a", "other", "nobody")) is None


@pytest.mark.parametrize(
    ("aim", "ratio", "met"),
    [
        (Aim(OURS, 2.0, ""), 2.5, True),
        (Aim(OURS, 2.6, ""), 2.5, False),
        (Aim(OURS, 2.6, "", enough=1500), 2.5, True),
        (Aim(OURS, 2.6, "", against=SLOW), 3.0, True),
        (Aim(OURS, 3.0, "", against=SLOW, kind="at most"), 3.0, True),
        (Aim(OURS, 2.9, "", against=SLOW, kind="at most"), 3.0, False),
        (Aim(OURS, 1000, "", against=SLOW, kind="more"), 1000, True),
        (Aim(OURS, 999, "", against=SLOW, kind="more"), 1000, False),
        (Aim(OURS, 1500, "", kind="value"), 1500, True),
        (Aim(OURS, 1499, "", kind="value"), 1500, False),
    ],
)
def test_an_aim_is_met_or_not(results, aim, ratio, met):
    verdict = judge(aim, results)

    assert verdict.figure.median == ratio
    assert verdict.met is met


@pytest.mark.parametrize(
    "aim",
    [
        Aim(Row("a", "other", CRONMGMT.label), 1.0, ""),
        Aim(OURS, 1.0, "", against=Row("a", "other", CRONMGMT.label)),
    ],
)
def test_what_was_not_measured_is_not_judged(results, aim):
    assert judge(aim, results) is None


def test_no_aim_is_there_twice():
    rows = [(aim.row, aim.against) for aim in AIMS]

    assert len(rows) == len(set(rows))
