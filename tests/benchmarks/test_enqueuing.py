"""Part f: a rate counts only if all of the work is there."""

from __future__ import annotations

import pytest

from benchmarks.contenders import DJANGO_Q2
from benchmarks.parts.enqueuing import enqueued_per_second
from benchmarks.stand import WrongResult


class Stand:
    """A stand whose site takes half a second, and may lose some of the work."""

    contender = DJANGO_Q2

    def __init__(self, lost=0):
        self.there, self.lost = 7, lost

    def clear(self):
        self.there = 0

    def ask(self, question, count=0):
        if question == "queued":
            return self.there
        if question == "enqueue":
            self.there += 1
            return None
        assert question == "seconds_at_once"
        self.there += count - self.lost
        return 0.5


def test_the_rate_leaves_out_the_first_call():
    assert enqueued_per_second(Stand(), "seconds_at_once", 100) == 200


def test_work_that_is_lost_makes_the_figure_worthless():
    with pytest.raises(WrongResult, match="queued 99 of 100"):
        enqueued_per_second(Stand(lost=1), "seconds_at_once", 100)
