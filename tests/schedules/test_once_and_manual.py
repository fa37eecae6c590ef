"""One moment, or none at all."""

from __future__ import annotations

from datetime import datetime

import pytest

from cronmgmt.schedules import InvalidSchedule, Manual, Once

from .moments import local, utc

AT = utc("2026-03-01 10:00")
BEFORE, AFTER = utc("2026-03-01 09:59:59"), utc("2026-03-01 10:00:01")


def test_once_is_once():
    once = Once(AT)

    assert once.next_after(BEFORE) == AT
    assert once.next_after(AT) is None
    assert once.previous_before(AFTER) == AT
    assert once.previous_before(AT) is None
    assert once.between(BEFORE, AFTER, 10) == [AT]
    assert once.count_between(AT, AT) == 1
    assert once.count_between(AFTER, AFTER) == 0


def test_a_text_needs_its_offset():
    assert Once("2026-03-01T11:00+01:00") == Once(AT)
    assert Once("2026-03-01T10:00:00Z") == Once(AT)
    with pytest.raises(InvalidSchedule):
        Once("2026-03-01T11:00")


def test_a_fraction_is_rounded_up_and_not_lost():
    moment = utc("2026-03-01 09:59:59.5")

    assert Once(moment).next_after(moment) == AT


def test_a_local_text_is_what_the_clock_there_shows():
    assert Once.local("2026-03-01 11:00", "Europe/Amsterdam").at == AT
    assert Once.local("2026-03-01T10:00Z", "Europe/Amsterdam").at == AT


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("2026-03-29 02:30", "Europe/Amsterdam", "2026-03-29 01:00"),
        ("2026-10-25 02:30", "Europe/Amsterdam", "2026-10-25 00:30"),
        ("2011-12-30 09:00", "Pacific/Apia", "2011-12-30 10:00"),
        ("1986-01-01 00:10", "Asia/Kathmandu", "1985-12-31 18:30"),
    ],
)
def test_a_local_text_at_a_clock_change(text, zone, expected):
    assert Once.local(text, zone).at == utc(expected)


@pytest.mark.parametrize(
    "at",
    [
        "",
        "tomorrow",
        "2026-02-30T10:00Z",
        "2026-03-01T25:00Z",
        "0001-01-01T00:00Z",
        "9999-12-31T00:00Z",
        "2026-03-01T10:00Z" + " " * 99,
        "\x00",
        "\ud800",
        "٢٠٢٦-03-01T10:00Z",
        datetime(2026, 3, 1),
        datetime.max.replace(tzinfo=AT.tzinfo),
        None,
        5,
    ],
)
def test_it_is_no_moment(at):
    with pytest.raises(InvalidSchedule) as caught:
        Once(at)

    assert caught.value.field == "at"


def test_a_manual_job_is_never_due():
    manual = Manual()

    assert manual.next_after(AT) is None
    assert manual.previous_before(AT) is None
    assert manual.between(BEFORE, AFTER, 10) == []
    assert manual.count_between(BEFORE, AFTER) == 0


def test_the_moment_is_kept_in_utc():
    assert Once(local("2026-03-01 11:00", "Europe/Amsterdam")) == Once(AT)
