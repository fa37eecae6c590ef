"""What `make test` says and how it exits."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from tests.tooling.databases import DRIVERS, databases, unreachable
from tests.tooling.legs import AWAY, DATABASES, LEGS, Leg, live, suite
from tests.tooling.matrix import (
    Result,
    counted,
    exit_status,
    never_run,
    print_failures,
    print_repeated,
    print_summary,
    repeated,
    run_leg,
    run_legs,
)

GOOD = (sys.executable, "-c", "pass")
BAD = (sys.executable, "-c", "raise SystemExit(1)")

PASSED = Result("sqlite", "ok", 1.5, "3 passed, 0 failed")
LEFT_OUT = Result("redis", "left out", note="nothing answers")
FAILED = Result("style", "FAILED", 0.1)


def test_a_leg_runs_all_its_commands_even_after_one_failed(tmp_path):
    trace = (sys.executable, "-c", f"open({str(tmp_path / 'ran')!r}, 'w')")

    result = run_leg(Leg("x", (BAD, trace)))

    assert result.verdict == "FAILED"
    assert (tmp_path / "ran").exists()


def test_a_leg_of_good_commands_is_ok():
    assert run_leg(Leg("x", (GOOD, GOOD))).verdict == "ok"


@pytest.mark.parametrize(
    ("needs", "reason"),
    [
        ({"services": ("redis",)}, "nothing answers at 127.0.0.1:1"),
        ({"programs": ("no-such-browser",)}, "no no-such-browser"),
        ({"environment": "none"}, "no .venvs/none: 'make django6' makes it"),
    ],
)
def test_a_leg_without_what_it_needs_is_left_out(monkeypatch, needs, reason):
    monkeypatch.setenv("CRONMGMT_TEST_REDIS_URL", "redis://127.0.0.1:1")

    result = run_leg(Leg("x", (BAD,), **needs))

    assert result.verdict == "left out"
    assert reason in result.note


@pytest.mark.parametrize(
    ("results", "skipped", "require_all", "status"),
    [
        ([PASSED], [], True, 0),
        ([PASSED, FAILED], [], False, 1),
        ([PASSED, LEFT_OUT], [], False, 0),
        ([PASSED, LEFT_OUT], [], True, 1),
        ([PASSED], ["a: no such server"], False, 0),
        ([PASSED], ["a: no such server"], True, 1),
    ],
)
def test_what_was_left_out_fails_when_all_is_required(
    results, skipped, require_all, status
):
    assert exit_status(results, skipped, require_all=require_all) == status


def test_the_summary_says_what_was_left_out_and_why(capsys):
    print_summary([PASSED, LEFT_OUT], ["a: no such server"], elapsed=2.5)

    printed = capsys.readouterr().out
    assert "sqlite           ok            1.5  3 passed, 0 failed\n" in printed
    assert "redis            left out           nothing answers\n" in printed
    assert "Skipped in every leg that has them:\n  a: no such server\n" in printed


def test_the_summary_ends_with_the_tests_that_failed(capsys):
    print_failures([PASSED, Result("style", "FAILED", 1.0, "1 failed", ("a::b",))])

    printed = capsys.readouterr().out
    assert printed == "\nFailed:\n  style: 1 failed\n    a::b\n"


def test_the_summary_lists_what_passed_only_when_repeated(capsys):
    outcomes = {
        "a::steady": {"outcome": "passed", "reason": "", "parts": [], "tries": 1},
        "a::moody": {"outcome": "passed", "reason": "", "parts": [], "tries": 2},
        "a::bad": {"outcome": "failed", "reason": "", "parts": [], "tries": 2},
    }
    moody = replace(PASSED, repeated=tuple(repeated(outcomes)))

    print_repeated([moody, LEFT_OUT])

    printed = capsys.readouterr().out
    assert printed == "\nPassed only at the second try:\n  sqlite: a::moody\n"


def test_nothing_more_is_printed_when_nothing_failed(capsys):
    print_repeated([PASSED, LEFT_OUT])
    print_failures([PASSED, LEFT_OUT])

    assert not capsys.readouterr().out


def test_a_test_that_some_leg_ran_is_not_called_skipped():
    outcomes = {
        "a": {"outcome": "passed", "reason": "", "parts": [], "tries": 1},
        "b": {"outcome": "skipped", "reason": "why", "parts": [], "tries": 1},
    }

    assert never_run(outcomes) == ["b: why"]
    assert counted(outcomes) == "1 passed, 0 failed, 1 skipped"


def test_a_suite_needs_the_servers_that_it_names():
    leg = live("mariadb", "redis")

    assert (leg.name, leg.services) == ("mariadb-redis", ("mariadb", "redis"))
    assert leg.environ["CRONMGMT_TEST_DB"] == "mariadb"
    assert live("sqlite", "orm").services == ()


def test_what_only_redis_can_show_is_in_no_leg_without_it():
    ignored = f"--ignore={AWAY}"

    assert all(ignored in live(database, "orm").commands[0] for database in DATABASES)
    assert ignored not in live("postgresql", "redis").commands[0]


def test_what_no_database_changes_is_left_out_of_the_others_only():
    asked = {name: live(name, "orm").commands[0] for name in DATABASES}

    assert "not once" not in asked["sqlite"]
    assert "not once" in asked["postgresql"]
    assert "(broker or chaos) and not once" in asked["mariadb"]


def test_only_one_suite_runs_what_no_database_changes():
    command = {name: suite(name).commands[0] for name in DATABASES}

    assert "--ignore=tests/schedules" in command["mariadb"]
    assert "--ignore=tests/schedules" not in command["sqlite"]
    assert "--ignore=tests/admin" in command["mariadb"]
    assert "--ignore=tests/admin" not in command["postgresql"]


def test_a_leg_without_its_driver_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(DRIVERS, "mariadb", "no_such_module")

    result = run_leg(Leg("x", (BAD,), drivers=("mariadb",)))

    assert (result.verdict, result.note) == (
        "left out",
        "no module no_such_module: 'make mariadb' builds it",
    )


def test_legs_that_run_at_once_are_shown_one_after_the_other(capfd):
    speak = (sys.executable, "-c", "print('a'); print('b')")
    legs = [Leg(name, (speak, speak)) for name in "xyz"]

    results = run_legs(legs, jobs=3)

    assert [result.name for result in results] == ["x", "y", "z"]
    printed = capfd.readouterr().out
    assert all(f"== {name}\na\nb\na\nb\n" in printed for name in "xyz")


def test_legs_have_names_of_their_own():
    assert len({leg.name for leg in LEGS}) == len(LEGS)


def test_a_server_may_be_elsewhere(tmp_path):
    environ = {
        "CRONMGMT_TEST_DB": "postgresql",
        "CRONMGMT_TEST_POSTGRES_URL": "postgresql://me:s%20t@db.test:6000",
    }

    default = databases(environ, run="7", folder=tmp_path)["default"]

    assert default["NAME"] == default["TEST"]["NAME"] == "cronmgmt_test_7"
    assert (default["HOST"], default["PORT"]) == ("db.test", 6000)
    assert (default["USER"], default["PASSWORD"]) == ("me", "s t")


def test_a_closed_port_is_unreachable():
    environ = {"CRONMGMT_TEST_POSTGRES_URL": "postgresql://127.0.0.1:1"}

    assert "127.0.0.1:1" in unreachable("postgresql", environ)
