"""What is listed can be taken along as a file, and no more than that."""

from __future__ import annotations

import csv
import json
import re

import pytest


def taken(person, path, kind):
    """Press the link to a file on a page and return what the browser saved."""
    person.page.goto(path)
    with person.page.expect_download() as found:
        person.page.locator("main").get_by_role("link", name=kind, exact=True).click()
    assert found.value.suggested_filename.endswith(f".{kind.lower()}")
    with open(found.value.path(), newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file)) if kind == "CSV" else json.load(file)


@pytest.mark.part("4.11")
def test_the_runs_that_are_listed_come_as_files(crowd):
    path = "/cron/runs?job=positions&state=failed"

    with crowd("manager") as manager:
        rows = taken(manager, path, "CSV")
        told = taken(manager, path, "JSON")["runs"]
        listed = manager.page.locator("main tbody tr").count()

    assert len(rows) == len(told) == listed > 0
    assert {(row["job"], row["status"]) for row in rows} == {("positions", "failed")}
    assert [row["executionId"] for row in rows] == [run["executionId"] for run in told]
    assert "Lost connection" in rows[0]["error"]


def test_who_may_not_read_errors_does_not_find_them_in_a_file(crowd):
    with crowd("viewer") as viewer:
        rows = taken(viewer, "/cron/runs?job=positions&state=failed", "CSV")

    assert rows
    assert not [row for row in rows if "Lost connection" in json.dumps(row)]


@pytest.mark.part("0.10")
def test_what_somebody_typed_is_no_formula_in_the_file(crowd):
    typed = '=HYPERLINK("http://evil.example";"x")'
    path = "/cron/activity?job=demo:exchange-rates"

    with crowd("manager") as manager:
        page = manager.page
        page.goto("/cron/jobs/demo:exchange-rates")
        page.locator("summary", has_text=re.compile("Switch off")).click()
        page.fill("[name=reason]", typed)
        page.get_by_role("button", name="Switch off", exact=True).click()
        page.get_by_role("button", name="Switch on").wait_for()
        rows = taken(manager, path, "CSV")

    [row] = [each for each in rows if "evil" in each["reason"]]

    assert row["reason"] == f"'{typed}"
    assert row["action"] == "switch off"


def test_others_find_no_file_where_it_would_be(crowd):
    for name, path in [
        ("outsider", "/cron/runs.csv"),
        ("outsider", "/cron/runs.json"),
        ("operator", "/cron/activity.csv"),
        ("operator", "/cron/activity.json"),
    ]:
        with crowd(name) as other:
            assert other.page.goto(path).status == 403, (name, path)
