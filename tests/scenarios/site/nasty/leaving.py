"""Handlers that leave something behind for the next run of their process."""

from __future__ import annotations

import asyncio
import atexit
import locale
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

from django.db import connection, transaction
from django.utils import timezone, translation

from cronmgmt import job, trigger_job
from cronmgmt.engine.interrupts import SIGNAL
from tests.scenarios.site.witness import note


@job("leaks-a-transaction")
def leaks_a_transaction(run):
    note("START", run)
    transaction.atomic().__enter__()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM auth_group_permissions")


@job("leaves-autocommit-off")
def leaves_autocommit_off(run):
    note("START", run)
    connection.set_autocommit(False)


@job("changes-the-session")
def changes_the_session(run):
    note("START", run)
    statements = {
        "sqlite": ["PRAGMA foreign_keys=OFF", "PRAGMA query_only=ON"],
        "postgresql": ["SET search_path TO nowhere", "SET statement_timeout TO 1"],
        "mysql": ["SET SESSION sql_mode = ''"],
    }
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)


@job("changes-the-session-in-a-comment")
def changes_the_session_in_a_comment(run):
    note("START", run)
    statements = {
        "sqlite": "/* now */ PRAGMA foreign_keys=OFF",
        "postgresql": "-- now\nSET search_path TO nowhere",
        "mysql": "/* now */ SET SESSION sql_mode = ''",
    }
    with connection.cursor() as cursor:
        cursor.execute(statements[connection.vendor])


@job("closes-the-connection")
def closes_the_connection(run):
    note("START", run)
    connection.ensure_connection()
    connection.connection.close()


@job("closes-it-in-a-transaction")
def closes_it_in_a_transaction(run):
    note("START", run)
    with transaction.atomic():
        connection.close()


@job("spawns-threads")
def spawns_threads(run):
    note("START", run)
    for _ in range(20):
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()


@job("changes-surroundings")
def changes_surroundings(run):
    note("START", run)
    os.chdir("/")
    os.umask(0)
    locale.setlocale(locale.LC_ALL, "C")
    translation.activate("nl")
    timezone.activate("Asia/Tokyo")


@job("changes-signals")
def changes_signals(run):
    note("START", run)
    for number in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM, SIGNAL):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, [SIGNAL, signal.SIGTERM])


@job("leaves-an-alarm")
def leaves_an_alarm(run):
    note("START", run)
    signal.setitimer(signal.ITIMER_REAL, 0.3)


@job("replaces-stdout")
def replaces_stdout(run):
    note("START", run)
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115


@job("closes-stdout")
def closes_stdout(run):
    note("START", run)
    sys.stdout.close()
    sys.stderr.close()
    os.close(1)
    os.close(2)


@job("raises-at-exit")
def raises_at_exit(run):
    note("START", run)
    atexit.register(lambda: 1 / 0)


@job("forks-a-child-that-returns")
def forks_a_child_that_returns(run):
    note("START", run)
    if child := os.fork():
        os.waitpid(child, 0)


@job("forks-a-child-that-raises")
def forks_a_child_that_raises(run):
    note("START", run)
    if child := os.fork():
        os.waitpid(child, 0)
    else:
        raise RuntimeError("in the child")


@job("starts-a-program")
def starts_a_program(run):
    """A program that it starts can be ended in the usual way."""
    note("START", run)
    program = subprocess.Popen(["sleep", "600"])
    program.terminate()
    try:
        return program.wait(3)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()
        raise


@job("is-a-coroutine")
async def is_a_coroutine(run):
    note("START", run)
    await asyncio.sleep(0)
    return "awaited"


@job("uses-a-pool")
def uses_a_pool(run):
    """Leave a pool of processes in the way its documentation shows."""
    note("START", run)
    with multiprocessing.Pool(2) as pool:
        return pool.map(square, [1, 2, 3])


def square(number):
    return number * number


@job("leaves-a-thread")
def leaves_a_thread(run):
    """Start a thread that no process ends without."""
    note("START", run)
    threading.Thread(target=time.sleep, args=(600,)).start()


@job("closes-every-file")
def closes_every_file(run):
    """Do what programs do that become daemons."""
    note("START", run)
    os.closerange(3, 1024)


@job("triggers-another")
def triggers_another(run):
    note("START", run)
    return str(trigger_job("ok"))
