"""Results -> table, Markdown and JSON."""

from __future__ import annotations

import json

import pytest

from benchmarks import report
from benchmarks.aims import FINISHED
from benchmarks.contenders import CELERY_BEAT_RESULTS, CRONMGMT, CRONMGMT_REDIS
from benchmarks.results import Results, Row


@pytest.fixture
def results():
    results = Results()
    values = {CRONMGMT: 2400, CRONMGMT_REDIS: 700, CELERY_BEAT_RESULTS: 600}
    for contender, value in values.items():
        row = Row("a", FINISHED, contender.label)
        results.add(row, "/s", 0, value)
        results.add(row, "/s", 1, value * 1.5)
    return results


def test_the_table_says_what_was_measured_and_what_was_aimed_at(results):
    lines = [" ".join(line.split()) for line in report.as_text(results).splitlines()]

    assert "a. Finished runs per second" in lines
    assert "finished runs celery, Redis 750 600 – 900 /s" in lines
    met = "finished runs cronmgmt, ORM broker at least 2 × the best peer celery, Redis"
    assert f"{met} 4.00 × 4.00 – 4.00 met" in lines
    assert any(line.endswith("1.17 × 1.17 – 1.17 NOT MET") for line in lines)


def test_a_part_that_was_not_measured_has_no_table(results):
    assert "b." not in report.as_text(results)


def test_markdown_has_as_many_cells_in_each_row_of_a_table(results):
    tables = report.as_markdown(results).split("\n\n")

    cells = [
        {line.count("|") for line in table.splitlines()}
        for table in tables
        if table.startswith("|")
    ]
    assert cells == [{6}, {8}]


def test_json_holds_every_value_by_its_round(results):
    document = json.loads(report.as_json(results, {"x": 1}, 2))

    assert document["figures"][0]["rounds"] == {"0": [2400], "1": [3600]}
    assert document["aims"][0]["met"] is True
    assert document["settings"] == {"x": 1}


@pytest.mark.parametrize(
    ("value", "shown"), [(1234.5, "1,234"), (12.34, "12.3"), (0.126, "0.13")]
)
def test_a_figure_has_as_many_digits_as_it_deserves(value, shown):
    assert report.number(value) == shown


def test_what_went_wrong_stands_below_the_tables(results):
    results.notes.append("WRONG in part a: it lied")

    assert report.as_text(results).endswith("WRONG in part a: it lied")


def test_a_report_is_a_file_of_its_own(tmp_path):
    path = report.write(tmp_path / "out", "{}")

    assert path.read_text() == "{}\n"
