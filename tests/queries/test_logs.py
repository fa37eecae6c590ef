"""The end of a log, and what came since: however long it is, in bounded pieces."""

from __future__ import annotations

import pytest

from cronmgmt import queries
from cronmgmt.models import RunLog

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(make_run):
    return make_run()


@pytest.fixture
def say(run, now):
    def say(text):
        return RunLog.objects.create(run=run, attempt=1, at=now, text=text).pk

    return say


@pytest.fixture
def _short(monkeypatch):
    monkeypatch.setitem(queries.log_end.__globals__, "SHOWN", 10)


def test_a_short_log_is_shown_as_a_whole(run, say):
    say("one\n")
    last = say("two\n")

    part = queries.log_end(run)

    assert (part.text, part.last, part.is_cut) == ("one\ntwo\n", last, False)


@pytest.mark.usefixtures("_short")
def test_of_a_long_log_the_end_is_shown(run, say):
    say("far away")
    say("a line of twenty chr")
    last = say("the end")

    part = queries.log_end(run)

    assert (part.text, part.last, part.is_cut) == ("chrthe end", last, True)


def test_what_came_since_is_what_is_new(run, say):
    seen = say("one\n")
    last = say("two\n")

    part = queries.log_since(run, seen)
    nothing = queries.log_since(run, last)

    assert (part.text, part.last, part.is_cut) == ("two\n", last, False)
    assert (nothing.text, nothing.last, nothing.is_cut) == ("", last, False)


@pytest.mark.usefixtures("_short")
def test_much_that_came_since_is_told_bit_by_bit(run, say):
    first = say("longer than ten")
    second = say("ten chars.")

    one = queries.log_since(run, 0)
    two = queries.log_since(run, one.last)

    assert (one.text, one.last, one.is_cut) == ("longer than ten", first, True)
    assert (two.text, two.last, two.is_cut) == ("ten chars.", second, False)


def test_a_log_has_only_its_own_runs_text(run, make_run, say):
    say("ours")

    assert queries.log_end(make_run()).text == ""
    assert queries.log_since(make_run(), 0).text == ""
