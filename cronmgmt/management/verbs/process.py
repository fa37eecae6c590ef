"""``process``: one tick; what is due is queued, and some of what waits is run."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any, TextIO

from cronmgmt.conf import conf
from cronmgmt.engine import stopping, watchdog, workers
from cronmgmt.engine.connections import close_all
from cronmgmt.engine.processing import Span, Tally, process
from cronmgmt.engine.ticking import DONE
from cronmgmt.management.verbs.options import print_json, whole

HELP = "schedule what is due and run some of what waits, for a platform's cron"


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--max-runs", type=_some, help="TICK_RUNS unless given")
    parser.add_argument("--seconds", type=_seconds, help="TICK_LENGTH unless given")
    parser.add_argument("--json", action="store_true", help="print JSON")
    # How the process that started this one follows it.
    parser.add_argument("--begun", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--report", type=int, help=argparse.SUPPRESS)


def handle(out: TextIO, options: dict[str, Any]) -> None:
    """Do it."""
    begun = options["begun"] or time.monotonic()
    seconds = options["seconds"] or conf.TICK_LENGTH.total_seconds()
    runs = options["max_runs"] or conf.TICK_RUNS
    watchdog.arm()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    reporter = Reporter(options["report"])
    reporter.tell(f"worker {workers.this()}")
    try:
        tally = process(runs, Span(begun, seconds), reporter.tell)
    finally:
        close_all()
        watchdog.pause()
        # A process a minute would leave a file a minute.
        watchdog.forget_trace(workers.this())
    if not reporter:
        _answer(out, tally, begun, as_json=options["json"])
    elif tally.wants_another:
        sys.exit(watchdog.EXIT_STATUS)
    reporter.tell(DONE)


class Reporter:
    """Tells whoever started this process how far it is; nobody, without a pipe."""

    def __init__(self, pipe: int | None) -> None:
        self._pipe = pipe
        if pipe is not None:
            # What a handler starts must not hold it open.
            os.set_inheritable(pipe, False)

    def __bool__(self) -> bool:
        return self._pipe is not None

    def tell(self, event: str) -> None:
        """Say one line; also to nobody, if the other end is gone."""
        if self._pipe is None:
            return
        try:
            os.write(self._pipe, f"{event}\n".encode())
        except BrokenPipeError:
            # The web server was ended: what runs goes back at once.
            stopping.request(timedelta(), "Who started this tick is gone.")


def _answer(out: TextIO, tally: Tally, begun: float, *, as_json: bool) -> None:
    duration = round((time.monotonic() - begun) * 1000)
    if as_json:
        counts = {"processed": tally.succeeded, "failed": tally.failed}
        print_json(out, {**counts, "duration": duration})
    else:
        said = f"{tally.succeeded} processed, {tally.failed} failed"
        out.write(f"{said}, in {duration / 1000:.1f} s.\n")


def _stop(number: int, frame: object) -> None:
    stopping.request(timedelta(), "The tick was told to stop.")


def _some(text: str) -> int:
    return whole(text, 1, 1000)


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 1 <= number <= 900:
        raise argparse.ArgumentTypeError("a number of seconds from 1 to 900 is wanted")
    return number
