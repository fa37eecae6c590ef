"""Which jobs a list shows, in which order, and the numbers on its filters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cronmgmt.queries import SORTS, Choice, Summary, choose

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

PLAIN = Summary(
    id=1,
    name="plain",
    title="",
    owner="",
    tags=(),
    handler="app.tasks.sync",
    state="idle",
    attention=(),
    run_id=None,
    last_started_at=None,
    last_duration=None,
    next_run_at=None,
)
LINES = [
    PLAIN,
    replace(PLAIN, name="mail", title="Write letters", tags=("mail", "nightly")),
    replace(PLAIN, name="bills", owner="Zoë", tags=("nightly",), state="error"),
    replace(PLAIN, name="zz", attention=("missed",), last_started_at=NOON),
    replace(PLAIN, name="aa", last_started_at=NOON + HOUR, next_run_at=NOON),
]


def names(**choice):
    return [line.name for line in choose(LINES, Choice(**choice)).lines]


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ({}, ["aa", "bills", "plain", "mail", "zz"]),
        ({"words": "LETTERS night"}, ["mail"]),
        ({"words": "zoë"}, ["bills"]),
        ({"words": "app.tasks"}, ["aa", "bills", "plain", "mail", "zz"]),
        ({"words": "nobody"}, []),
        ({"state": "error"}, ["bills"]),
        ({"tags": ("nightly",)}, ["bills", "mail"]),
        ({"tags": ("nightly", "mail")}, ["mail"]),
        ({"owner": "Zoë"}, ["bills"]),
        ({"attention": True}, ["zz"]),
        ({"sort": "last"}, ["aa", "zz", "bills", "plain", "mail"]),
        ({"sort": "last", "backwards": True}, ["bills", "plain", "mail", "zz", "aa"]),
        ({"sort": "next"}, ["aa", "bills", "plain", "mail", "zz"]),
        ({"sort": "state"}, ["zz", "bills", "aa", "mail", "plain"]),
    ],
)
def test_what_matches_comes_in_order(choice, found):
    assert names(**choice) == found


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_knows_its_reverse(sort):
    assert set(names(sort=sort)) == set(names(sort=sort, backwards=True))


@pytest.mark.parametrize(
    "choice", [Choice(), Choice(state="error"), Choice(words="n"), Choice(owner="Zoë")]
)
def test_each_number_is_what_one_would_see(choice):
    chosen = choose(LINES, choice)

    plain = replace(choice, state="", attention=False)
    assert chosen.total == len(choose(LINES, plain).lines)
    for state, count in chosen.states.items():
        assert count == len(choose(LINES, replace(plain, state=state)).lines)
    for tag, count in chosen.tags.items():
        with_it = replace(choice, tags=(*choice.tags, tag))
        assert count == len(choose(LINES, with_it).lines)
    for owner, count in chosen.owners.items():
        assert count == len(choose(LINES, replace(choice, owner=owner)).lines)
    attention = choose(LINES, replace(plain, attention=True)).lines
    assert chosen.attention == len(attention)
