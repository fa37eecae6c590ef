"""Files of rows: nothing in them is computed, and everything can be read back."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from cronmgmt.exports import cell, csv_lines, csv_response, json_pieces, json_response

MOMENT = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://evil.example")',
        "+1",
        "-1+cmd|' /C calc'!A0",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\uff1d1",
    ],
)
def test_no_text_is_a_formula(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a=1", "a=1"),
        (-1.5, -1.5),
        (None, ""),
        (True, "true"),
        ({"a": "é"}, '{"a": "é"}'),
        (MOMENT, "2026-06-01T12:00:00+00:00"),
    ],
)
def test_everything_else_stays_what_it_is(value, shown):
    assert cell(value) == shown


def test_a_semicolon_opens_no_new_cell_where_it_separates_them():
    line = list(csv_lines(["a"], [["x;=1+1"]]))[1]

    [read] = csv.reader(io.StringIO(line), delimiter=";")
    assert read == ["x;=1+1"]


def test_a_csv_file_is_read_back():
    rows = [['a, "b"\nc', 1, None], ["", -2, "é"]]

    text = "".join(csv_lines(["x", "y", "z"], rows))

    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read == [["x", "y", "z"], ['a, "b"\nc', "1", ""], ["", "-2", "é"]]


@pytest.mark.parametrize("rows", [[], [["a", MOMENT]], [["a", MOMENT], [None, 3]]])
def test_a_json_file_is_read_back(rows):
    text = "".join(json_pieces("rows", ["x", "y"], rows))

    wanted = [{"x": x, "y": "2026-06-01T12:00:00+00:00" if x else y} for x, y in rows]
    assert json.loads(text) == {"rows": wanted}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (lambda rows: csv_response("runs.csv", ["a"], rows), "text/csv; charset=utf-8"),
        (
            lambda rows: json_response("runs.json", "runs", ["a"], rows),
            "application/json",
        ),
    ],
)
def test_a_file_is_sent_row_by_row(answer, kind):
    asked = []
    rows = (asked.append(number) or [number] for number in range(3))

    response = answer(rows)

    assert response.streaming
    assert not asked
    assert response["Content-Type"] == kind
    assert response["Content-Disposition"].startswith('attachment; filename="runs.')
    assert b"2" in response.getvalue()
