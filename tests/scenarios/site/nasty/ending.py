"""Handlers that end in an unusual way, and handlers that do not end."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
import time
from datetime import timedelta

from django.db import connection, transaction

from cronmgmt import Retry, job
from tests.scenarios.site.witness import note

SECOND = timedelta(seconds=1)


@job("returns-a-set")
def returns_a_set(run):
    note("START", run)
    return {1, 2}


class Grudging(dict):
    def items(self):
        raise LookupError("no items for you")


@job("returns-what-raises")
def returns_what_raises(run):
    note("START", run)
    return Grudging(a=1)


@job("returns-nan-and-nul")
def returns_nan_and_nul(run):
    note("START", run)
    return {"nan": float("nan"), "nul": "a\0b", "half": "\ud800"}


@job("returns-deep-data")
def returns_deep_data(run):
    note("START", run)
    data = []
    for _ in range(900):
        data = [data]
    return data


@job("exits")
def exits(run):
    note("START", run)
    sys.exit(3)


@job("raises-keyboard-interrupt")
def raises_keyboard_interrupt(run):
    note("START", run)
    raise KeyboardInterrupt


class Mute(Exception):
    def __str__(self):
        raise ValueError("I have no text")

    __repr__ = __str__


@job("raises-what-has-no-text")
def raises_what_has_no_text(run):
    note("START", run)
    raise Mute


class Quitter(Exception):
    def __str__(self):
        sys.exit("even my text quits")


@job("raises-what-exits")
def raises_what_exits(run):
    note("START", run)
    raise Quitter


@job("raises-a-long-text")
def raises_a_long_text(run):
    note("START", run)
    raise ValueError("x\0" * 5_000_000)


@job("raises-from-the-depths")
def raises_from_the_depths(run):
    note("START", run)
    raises_from_the_depths(run)


@job("asks-for-a-retry-in-words", max_attempts=2, backoff=SECOND)
def asks_for_a_retry_in_words(run):
    note("START", run)
    raise Retry("later", after="soon")


@job("asks-for-a-retry-at-the-end-of-time", max_attempts=2)
def asks_for_a_retry_at_the_end_of_time(run):
    note("START", run)
    if run.attempt == 1:
        raise Retry("much later", after=timedelta.max)


@job("reports-nonsense")
def reports_nonsense(run):
    note("START", run)
    run.progress(2**70, -1)
    run.items_processed = "many"


@job("prints-a-lot")
def prints_a_lot(run):
    note("START", run)
    for _ in range(50):
        print("\0" * 1000 + "x" * 100_000)  # noqa: T201


@job("allocates")
def allocates(run):
    note("START", run)
    return len(bytearray(2**62))


@job("fills-its-memory", memory_limit=250)
def fills_its_memory(run):
    note("START", run)
    kept = []
    while len(kept) < 200:
        try:
            kept.append(bytes(b"x" * 5_000_000))
            time.sleep(0.02)
        except Exception:
            continue


# Once lost, lost: so that a test need not wait for three more tries.
@job("exits-at-once", on_lost="fail")
def exits_at_once(run):
    note("START", run)
    os._exit(1)


@job("kills-itself", on_lost="fail")
def kills_itself(run):
    note("START", run)
    os.kill(os.getpid(), signal.SIGKILL)


@job("crashes", on_lost="fail")
def crashes(run):
    note("START", run)
    os.kill(os.getpid(), signal.SIGSEGV)


@job("sleeps-on", timeout=SECOND)
def sleeps_on(run):
    note("START", run)
    time.sleep(600)


@job("waits-for-a-silent-socket", timeout=SECOND)
def waits_for_a_silent_socket(run):
    note("START", run)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.recv(1)


@job("waits-for-the-database", timeout=SECOND)
def waits_for_the_database(run):
    """Wait in the driver, in the middle of its protocol."""
    note("START", run)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
                "SELECT count(*) FROM n"
            )
        else:
            sleep = "pg_sleep" if connection.vendor == "postgresql" else "SLEEP"
            cursor.execute(f"SELECT {sleep}(600)")


@job("is-a-sleeping-coroutine", timeout=SECOND)
async def is_a_sleeping_coroutine(run):
    note("START", run)
    await asyncio.sleep(600)


@job("swallows-everything", timeout=SECOND)
def swallows_everything(run):
    note("START", run)
    while True:
        try:
            time.sleep(600)
        except BaseException:
            continue


@job("swallows-everything-in-a-transaction", timeout=SECOND)
def swallows_everything_in_a_transaction(run):
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM auth_group_permissions")
        swallows_everything(run)


@job("ends-in-its-own-time", timeout=SECOND)
def ends_in_its_own_time(run):
    """Catch the interruption, clean up and return: it was too late all the same."""
    note("START", run)
    try:
        time.sleep(600)
    except BaseException:
        return "cleaned up"


@job("ends-in-another-way", timeout=SECOND)
def ends_in_another_way(run):
    note("START", run)
    try:
        time.sleep(600)
    finally:
        raise LookupError("while it was tidying up")


@job("hangs-in-c", timeout=SECOND)
def hangs_in_c(run):
    note("START", run)
    re.match(r"(a+)+$", "a" * 64 + "b")


@job("stops-itself", timeout=SECOND, on_lost="fail")
def stops_itself(run):
    note("START", run)
    os.kill(os.getpid(), signal.SIGSTOP)
