"""Whatever is typed: a schedule that works, or an InvalidSchedule. Nothing else."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronmgmt.schedules import (
    Cron,
    InvalidSchedule,
    build_schedule,
    clock_notes,
    describe,
    load_zone,
    parse_duration,
)

from .moments import utc
from .strategies import ZONES, examples, five_fields, six_fields

NOW = utc("2026-02-27 12:34:56")
LATER = utc("2027-02-27 12:34:56")
PIECES = "* / - , # L LW W H H( ) @ ? ~ 0 1 5 7 9 00 60 99999 MON SUN JAN FEB x".split()

anything = st.one_of(
    st.text(max_size=250), st.none(), st.integers(), st.binary(max_size=20)
)
pieces = st.lists(st.sampled_from([*PIECES, " ", " "]), max_size=40).map("".join)
five_pieces = st.lists(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join),
    min_size=5,
    max_size=6,
).map(" ".join)


@st.composite
def mutations(draw):
    """Draw a good cron text and spoil one place of it."""
    text = draw(st.one_of(five_fields, six_fields))
    place = draw(st.integers(0, len(text)))
    length = draw(st.integers(0, 2))
    return text[:place] + draw(st.sampled_from(PIECES)) + text[place + length :]


def works_or_is_refused(make):
    try:
        schedule = make()
    except InvalidSchedule as refusal:
        assert refusal.field and refusal.problem and str(refusal)
        return
    following = schedule.next_after(NOW)
    previous = schedule.previous_before(NOW)
    assert following is None or following > NOW
    assert previous is None or previous < NOW
    assert 0 < len(describe(schedule)) < 400
    assert all(map(str, clock_notes(schedule, NOW, LATER)))


@given(st.one_of(anything, pieces, five_pieces, mutations()))
@examples(300)
def test_any_cron_text(expression):
    works_or_is_refused(lambda: Cron(expression, "Europe/Amsterdam", key="job"))


@given(st.sampled_from(["cron", "interval", "once", "manual", "x"]), anything, anything)
@examples(80)
def test_any_row(kind, expression, timezone):
    works_or_is_refused(lambda: build_schedule(kind, expression, timezone))


@given(st.sampled_from(["interval", "once"]), st.text("0123456789wdhms:-+TZ. "))
@examples(80)
def test_any_interval_and_moment(kind, expression):
    works_or_is_refused(lambda: build_schedule(kind, expression, "Asia/Tokyo"))


@given(st.one_of(anything, st.sampled_from(ZONES).map(lambda name: f"../{name}")))
@examples(80)
def test_any_zone(name):
    with pytest.raises(InvalidSchedule):
        load_zone(name)


@given(st.text("0123456789wdhmsWDHMS. -", max_size=80))
@examples(80)
def test_any_duration(text):
    try:
        assert parse_duration(text).total_seconds() >= 0
    except InvalidSchedule as refusal:
        assert refusal.field == "every"


@pytest.mark.parametrize(
    "expression",
    [
        "* * * * * *",
        ",".join(f"{n}/1" for n in range(45)) + " * * * *",
        "H/1 H/1 H/1 H/1 H/1 H/1",
        "0 0 " + ",".join(["*/1"] * 45) + " * *",
        "0 0 * * " + ",".join(["7#5"] * 45),
        "0 0 29 2 */7",
        "0 0 31 */2 MON#5",
        "1" * 190 + " * * * *",
        "*/" + "9" * 190 + " * * * *",
        "-" * 200,
        "," * 190 + " * * * *",
        " " * 100_000,
        "*" * 10_000_000,
    ],
)
def test_nothing_typed_is_slow(expression):
    load_zone("UTC")  # Reading the list of zones, once, is not the parser's fault.

    started = process_time()
    works_or_is_refused(lambda: Cron(expression))

    assert process_time() - started < 0.05
