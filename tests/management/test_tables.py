"""Tables that people read: aligned, in their own time, no wider than their screen."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from cronmgmt.management.verbs import tables
from cronmgmt.management.verbs.tables import fitted, print_table, shown

ROWS = [["greet", None, 0.0], ["a-much-longer-name", "two\nlines", 12]]


class Screen(io.StringIO):
    def isatty(self):
        return True


def printed(out, rows=ROWS):
    print_table(out, ["NAME", "ERROR", "SECONDS"], rows)
    return out.getvalue().splitlines()


def test_columns_are_as_wide_as_they_need():
    assert printed(io.StringIO()) == [
        "NAME                ERROR      SECONDS",
        "greet                          0.0",
        "a-much-longer-name  two lines  12",
    ]


def test_a_moment_is_shown_as_clocks_here_show_it():
    rows = [["x", datetime(2026, 6, 1, 12, tzinfo=UTC), 1]]

    assert "2026-06-01 14:00:00" in printed(io.StringIO(), rows)[1]


def test_the_end_of_the_calendar_is_shown_as_it_is():
    assert shown(datetime.max.replace(tzinfo=UTC)) == "9999-12-31 23:59:59"


def test_a_screen_is_not_overrun(monkeypatch):
    monkeypatch.setenv("COLUMNS", "32")

    lines = printed(Screen(), [["x" * 40, "e" * 40, 1]])

    assert max(map(len, lines)) <= 32
    assert lines[1].count("…") == 2


def test_a_file_gets_all_of_it(monkeypatch):
    monkeypatch.setenv("COLUMNS", "32")

    assert "e" * 400 in printed(io.StringIO(), [["x", "e" * 400, 1]])[1]


@pytest.mark.parametrize(
    ("widths", "room", "fits"),
    [
        ([10, 10], 30, [10, 10]),
        ([30, 10], 32, [22, tables.NARROWEST]),
        ([30, 30], 42, [30, 10]),
        ([30, 20, 30], 44, [16, 16, tables.NARROWEST]),
        ([30, 30], 5, [tables.NARROWEST] * 2),
        ([4, 30], 5, [4, tables.NARROWEST]),
        ([30, 4], 20, [14, 4]),
    ],
)
def test_free_text_at_the_end_gives_way_and_then_the_widest(widths, room, fits):
    assert fitted(widths, room) == fits
