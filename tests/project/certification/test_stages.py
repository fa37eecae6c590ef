"""Which notice is due, and what it says."""

from __future__ import annotations

from datetime import date

import pytest

from project.certification.stages import stage, wording

pytestmark = pytest.mark.part("2.6")


@pytest.mark.parametrize(
    ("left", "due"),
    [
        (400, None),
        (31, None),
        (30, 30),
        (15, 30),
        (14, 14),
        (8, 14),
        (7, 7),
        (1, 7),
        (0, 0),
        (-90, 0),
    ],
)
def test_the_notice_that_is_due(left, due):
    assert stage(left) == due


@pytest.mark.parametrize(
    ("left", "words"),
    [(29, "in 29 days"), (1, "in 1 day."), (0, "has expired"), (-3, "has expired")],
)
def test_a_notice_says_how_much_time_there_is(left, words):
    subject, body = wording("Ann", "Peer support", date(2026, 7, 1), left)

    assert words in subject + body
    assert "2026-07-01" in body and "Dear Ann" in body
