"""The fixtures that pytest finds by itself where the package is installed."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from importlib import import_module
from pathlib import Path

from cronmgmt import clock as clocks
from cronmgmt import enqueue
from cronmgmt.engine import rings

ROOT = Path(__file__).resolve().parents[2]


def test_the_clock_stands_until_it_is_moved(cronmgmt_clock):
    began = clocks.now("default")
    cronmgmt_clock.move(timedelta(hours=1))

    assert clocks.now("default") - began == timedelta(hours=1)


def test_the_queue_has_what_the_test_queues(cronmgmt_queue):
    cronmgmt_queue.assert_not_queued()
    enqueue("t:limited", {"limit": 3})

    cronmgmt_queue.assert_queued("t:limited", {"limit": 3})


def test_what_is_queued_is_run_in_line_and_nobody_is_rung_for(cronmgmt_inline):
    enqueue("t:limited", {"limit": 3})

    (run,) = cronmgmt_inline.run_queued()

    assert run.result == {"limit": 3}
    assert rings.own() is not None


def test_pytest_finds_them():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    for name, module in project["entry-points"]["pytest11"].items():
        assert name == module, "else naming it with -p as well is an error"
        assert import_module(module).__doc__
