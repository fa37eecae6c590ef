"""Whether this process is to stop, and how long running work may still go on."""

from __future__ import annotations

import os
import time
from datetime import timedelta

from cronmgmt.engine import stopping
from cronmgmt.engine.lifeline import Lifeline


def test_nobody_asked():
    assert not stopping.requested()
    assert not stopping.grace_is_over()


def test_asked_it_stops_and_grants_a_grace(settings):
    settings.CRONMGMT = {"SHUTDOWN_GRACE": timedelta(minutes=1)}

    stopping.request()

    assert stopping.requested()
    assert not stopping.grace_is_over()


def test_the_grace_ends(settings, monkeypatch):
    settings.CRONMGMT = {"SHUTDOWN_GRACE": timedelta(minutes=1)}
    stopping.request()
    monkeypatch.setattr(stopping, "_since", time.monotonic() - 61)

    assert stopping.grace_is_over()


def test_it_stops_when_the_lifeline_is_cut():
    lifeline = Lifeline()
    stopping.listen_to(lifeline)
    assert not stopping.requested()

    lifeline.cut()

    assert stopping.requested()
    stopping.reset()
    lifeline.close()


def test_a_pause_ends_at_once_when_asked_to_stop():
    lifeline = Lifeline()
    stopping.listen_to(lifeline)
    lifeline.cut()
    began = time.monotonic()

    stopping.pause(60)

    assert time.monotonic() - began < 10
    stopping.reset()
    lifeline.close()


def test_a_pause_ends_by_itself():
    stopping.pause(0.001)

    assert not stopping.requested()


def test_waiting_ends_with_something_to_read():
    reader, writer = os.pipe()
    os.write(writer, b".")
    began = time.monotonic()

    stopping.wait_for(reader, 60)

    assert time.monotonic() - began < 10
    os.close(reader)
    os.close(writer)


def test_a_lifeline_that_was_cut_keeps_nobody_waiting():
    lifeline = Lifeline()

    lifeline.cut()
    lifeline.cut()

    lifeline.wait()
    assert lifeline.is_set()
    lifeline.close()
