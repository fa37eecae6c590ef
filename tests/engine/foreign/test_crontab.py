"""A crontab's lines: what runs, when, in which zone, and what has no counterpart."""

from __future__ import annotations

import pytest

from cronmgmt.engine.foreign import crontab

MAP = {"*": {"handler": "t:nothing", "name": "job"}}


@pytest.fixture
def move(around):
    def move(text, handlers=None, **options):
        return crontab.move(text, around(handlers or MAP), **options)

    return move


def only(moved):
    (entry,) = moved.document.jobs.values()
    return entry


@pytest.mark.parametrize(
    ("line", "schedule"),
    [
        ("*/5 * * * * run", "*/5 * * * *"),
        ("  0\t6  *  * mon-fri   run it", "0 6 * * mon-fri"),
        ("@daily run", "@daily"),
        ("0-30/10 8-18 1,15 jan,jul 7 run", "0-30/10 8-18 1,15 jan,jul 7"),
    ],
)
def test_when_it_runs(move, line, schedule):
    entry = only(move(line))

    assert (entry["cron"], entry["timezone"]) == (schedule, "Europe/Amsterdam")


def test_a_zone_holds_from_its_line_on(move):
    moved = move(
        "@daily a\nCRON_TZ = 'Asia/Tokyo'\n@daily b\nTZ=UTC\n@daily c\nCRON_TZ=\n@daily d"
    )

    zones = [entry["timezone"] for entry in moved.document.jobs.values()]
    home, away = "Europe/Amsterdam", "Asia/Tokyo"
    assert zones == [home, away, away, home]
    assert moved.notes == [
        "TZ is not carried: handlers run in the workers' own environment; CRON_TZ is "
        "carried."
    ]


def test_comments_and_variables_run_nothing(move):
    moved = move('# @daily x\n\n   \nMAILTO=""\nPATH=/bin\nEDITOR=vi\n')

    assert moved.document.jobs == {} and moved.refused == []
    assert [note.split()[0] for note in moved.notes] == ["MAILTO", "PATH", "EDITOR"]


@pytest.mark.parametrize(
    ("command", "key"),
    [
        ("manage.py sync >> /var/log/x.log 2>&1", "manage.py sync"),
        ("manage.py   sync  > /dev/null", "manage.py sync"),
        ("manage.py sync &>/dev/null", "manage.py sync"),
        ("manage.py sync < /dev/null", "manage.py sync"),
        ("manage.py sync", "*.py sync"),
        ("cd /srv && bin/manage.py sync >x", "*manage.py sync"),
        ("date +\\%F", "date +%F"),
        ("manage.py sync > x", "manage.py sync > x"),
    ],
)
def test_a_command_is_found_without_its_redirections(move, command, key):
    assert only(move(f"@daily {command}", {key: "t:greet"}))["handler"] == "t:greet"


def test_the_systems_crontab_has_users(move):
    moved = move(
        "17 * * * * root run-parts x", {"run-parts x": "t:nothing"}, system=True
    )

    assert only(moved)["cron"] == "17 * * * *"
    assert "Users are not carried" in moved.notes[0]


@pytest.mark.parametrize("line", ["* * * * *", "* * * *", "@daily", "17 * * * * root"])
def test_a_line_without_a_command_is_refused(move, line):
    moved = move(line, system=line.endswith("root"))

    assert (moved.refused[0].name, moved.refused[0].field) == ("line 1", "line")


def test_standard_input_is_lost_only_where_that_was_said(move):
    kept = move("@daily mail x%Hello%", MAP)
    dropped = move("@daily mail x%Hi", {"mail x": {"handler": "x", "drop": ["stdin"]}})

    assert kept.refused[0].field == "stdin"
    assert '"drop": ["stdin"]' in kept.refused[0].problem
    assert only(dropped)["handler"] == "x"


def test_names_are_those_of_the_mapping_each_once(move):
    moved = move("@daily a\n@hourly a\n@weekly a")

    assert list(moved.document.jobs) == ["job", "job-2", "job-3"]
    assert moved.labels["job-2"] == "line 2"
