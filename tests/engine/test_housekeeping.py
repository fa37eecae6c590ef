"""What a node does between times: a moment of it, then others have their turn."""

from __future__ import annotations

import time

import pytest

from cronmgmt.engine.housekeeping import Chore, Housekeeping


class Work:
    """Work that takes so many moments."""

    def __init__(self, moments):
        self.moments = moments

    def go_on(self):
        self.moments -= 1
        if self.moments < 0:
            raise ValueError("the database is away")
        return self.moments > 0


@pytest.fixture
def begun():
    return []


@pytest.fixture
def make_chore(begun):
    def make(moments, every=60.0, due=0.0):
        def begin():
            begun.append(Work(moments))
            return begun[-1]

        return Chore(begin, every, due)

    return make


def test_what_is_not_done_goes_on_soon_and_does_not_begin_anew(make_chore, begun):
    chore = make_chore(3)

    for _ in range(2):
        chore.go_on()
        assert chore.due < time.monotonic() + 1
    chore.go_on()

    assert chore.due > time.monotonic() + 50
    assert len(begun) == 1


def test_done_it_begins_anew_when_it_is_due_again(make_chore, begun):
    chore = make_chore(1)

    chore.go_on()
    chore.go_on()

    assert len(begun) == 2


def test_what_fails_begins_anew_when_it_is_due_again(make_chore, begun):
    chore = make_chore(0)

    with pytest.raises(ValueError, match="away"):
        chore.go_on()

    assert chore.due > time.monotonic() + 50
    assert chore.under_way is None


def test_the_chore_that_is_due_longest_has_its_turn(make_chore, begun):
    house = Housekeeping()
    house.pruning = make_chore(2, due=1.0)
    house.mending = make_chore(1, due=2.0)
    house.counting = make_chore(1, due=3.0)

    first = house.turn()
    house.turn()

    assert first == 2.0
    assert [work.moments for work in begun] == [1, 0]


def test_with_nothing_due_it_says_until_when(make_chore, begun):
    house = Housekeeping()
    soon, later = time.monotonic() + 100, time.monotonic() + 200
    house.pruning, house.mending = make_chore(1, due=later), make_chore(1, due=soon)
    house.counting = make_chore(1, due=later)

    assert house.turn() == soon
    assert not begun
