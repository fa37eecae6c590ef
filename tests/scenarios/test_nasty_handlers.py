"""Whatever a handler does: an outcome with a reason, and a clean next run."""

from __future__ import annotations

import re
import signal

import pytest

from tests.scenarios.conftest import site_on
from tests.scenarios.processes import ROOT

ONCE = pytest.mark.once

LEAVING = [
    "leaks-a-transaction",
    "leaves-autocommit-off",
    "changes-the-session",
    "changes-the-session-in-a-comment",
    "closes-the-connection",
    "closes-it-in-a-transaction",
    "spawns-threads",
    "changes-surroundings",
    "changes-signals",
    "leaves-an-alarm",
    "replaces-stdout",
    "closes-stdout",
    "raises-at-exit",
    "forks-a-child-that-returns",
    "forks-a-child-that-raises",
    "starts-a-program",
    "is-a-coroutine",
]

# Name, outcome, what the reason says.
ENDING = [
    ("returns-a-set", "succeeded", "a set, is not JSON"),
    ("returns-what-raises", "succeeded", "a Grudging, is not JSON"),
    ("returns-nan-and-nul", "succeeded", "^$"),
    ("exits", "failed", "^SystemExit: 3$"),
    ("raises-keyboard-interrupt", "failed", "^KeyboardInterrupt$"),
    ("raises-what-has-no-text", "failed", "^Mute: .*its text raised ValueError"),
    ("raises-what-exits", "failed", "^Quitter: .*its text raised SystemExit"),
    ("raises-a-long-text", "failed", "^ValueError: x"),
    ("raises-from-the-depths", "failed", "^RecursionError: maximum"),
    ("asks-for-a-retry-in-words", "failed", "^TypeError: .*takes a timedelta"),
    ("returns-deep-data", "succeeded", "nested deeper than"),
    ("reports-nonsense", "succeeded", "^$"),
    ("prints-a-lot", "succeeded", "^$"),
    ("allocates", "failed", "^MemoryError"),
    ("sleeps-on", "timed_out", "^Timed out after 0:00:01"),
    *(
        pytest.param(name, "timed_out", "^Timed out after 0:00:01", marks=ONCE)
        for name in (
            "waits-for-a-silent-socket",
            "is-a-sleeping-coroutine",
            "ends-in-its-own-time",
            "ends-in-another-way",
        )
    ),
]
DEADLY = [
    ("exits-at-once", "lost", "^Lost: its worker .* died"),
    ("kills-itself", "lost", "^Lost: its worker .* died"),
    ("crashes", "lost", "^Lost: its worker .* died"),
    pytest.param(
        "swallows-everything",
        "timed_out",
        "did not end when interrupted",
        marks=ONCE,
    ),
    ("swallows-everything-in-a-transaction", "timed_out", "process was ended"),
    ("hangs-in-c", "timed_out", "could not be interrupted"),
    ("fills-its-memory", "failed", "^memory: .* the job's limit is 250 MB"),
]


@pytest.fixture(scope="module")
def nasty(template, django_db_blocker):
    """A site whose single worker has all of them to run, one after another."""
    with django_db_blocker.unblock():
        for site in site_on(template, workers=1):
            site.apps = ["tests.scenarios.site.nasty"]
            site.conf = {"INTERRUPT_GRACE": 1.0}
            assert site.call("cronmgmt", "apply").returncode == 0
            node = site.node()
            site.usual = site.ended(site.trigger("ok")).result
            yield site
            node.signal(signal.SIGTERM)
            node.wait(20)


@pytest.mark.parametrize("name", LEAVING)
@pytest.mark.part("4.9")
def test_a_run_leaves_nothing_to_the_next(nasty, name):
    run, following = one_after_another(nasty, name)

    assert (run.status, run.reason) == ("succeeded", "")
    assert following.result == nasty.usual
    assert survived(nasty, run, following)


@pytest.mark.parametrize(("name", "status", "reason"), ENDING)
@pytest.mark.part("4.9")
def test_an_unusual_end_is_an_ordinary_outcome(nasty, name, status, reason):
    run, following = one_after_another(nasty, name)

    assert run.status == status
    assert re.search(reason, run.reason)
    assert following.result == nasty.usual
    assert survived(nasty, run, following)


@pytest.mark.parametrize(("name", "status", "reason"), DEADLY)
@pytest.mark.part("4.9", "0.11")
def test_a_process_that_must_go_is_replaced(nasty, name, status, reason):
    run, following = one_after_another(nasty, name)

    assert run.status == status
    assert re.search(reason, run.reason)
    assert len(nasty.notes("START", execution_id=str(run.execution_id))) == 1
    assert following.result == nasty.usual
    assert not survived(nasty, run, following)


@pytest.mark.once
@pytest.mark.part("4.9")
@pytest.mark.parametrize(
    ("name", "where"),
    [("sleeps-on", "time.sleep(600)"), ("waits-for-a-silent-socket", "recv")],
)
def test_a_blocking_handler_ends_within_a_second_of_its_time_out(nasty, name, where):
    run = nasty.ended(nasty.trigger(name))

    assert 1 <= run.duration < 2
    assert where in run.traceback


@pytest.mark.once
@pytest.mark.parametrize("name", ["swallows-everything", "hangs-in-c"])
@pytest.mark.part("4.9")
def test_where_it_hung_is_on_record(nasty, name):
    run = nasty.ended(nasty.trigger(name))

    assert f" in {name.replace('-', '_')}" in run.traceback


@pytest.mark.part("4.9")
def test_a_statement_that_never_ends_is_ended(nasty):
    run, following = one_after_another(nasty, "waits-for-the-database")

    assert run.status == "timed_out"
    assert following.result == nasty.usual
    assert not statements_under_way(nasty)


def test_the_folder_of_the_site_is_no_secret(nasty):
    assert nasty.usual["cwd"] == str(ROOT)


def test_the_first_and_last_of_a_long_output_are_kept(nasty):
    run = nasty.ended(nasty.trigger("prints-a-lot"))

    log = nasty.log(run.execution_id)
    assert 1_000_000 <= len(log) < 1_000_100
    assert "characters left out" in log
    assert "\0" not in log


def one_after_another(site, name):
    """Run that job and a well-behaved one right after it."""
    first, second = site.trigger(name), site.trigger("ok")
    return site.ended(first, within=15), site.ended(second, within=15)


def statements_under_way(site):
    """Return what the server still executes for runs of this site."""
    if site.database.kind != "postgresql":
        return []  # The others end a statement with its connection.
    return site.ask_database(
        "SELECT query FROM pg_stat_activity WHERE datname = current_database() "
        "AND state = 'active' AND pid <> pg_backend_pid()"
    )


def survived(site, *runs):
    """Tell whether all the runs were in one process."""
    ids = {str(run.execution_id) for run in runs}
    return (
        len({note["pid"] for note in site.notes() if note["execution_id"] in ids}) == 1
    )
