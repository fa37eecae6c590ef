"""Waiting for another thread, and doing something in one."""

from __future__ import annotations

import threading
import time

from django.db import connections


def wait_until(condition, seconds=5.0):
    """Wait for another thread; who waits in vain goes on without a word."""
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.005)


def in_another_thread(work):
    """Do what another process would do, over a connection of its own."""

    def do():
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=do)
    thread.start()
    thread.join()
