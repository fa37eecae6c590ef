"""Workers tell the node's parent who is up, busy or idle, over a pipe."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from cronmgmt.engine import pulses, workers
from cronmgmt.engine.pulses import Inbox


@pytest.fixture
def inbox():
    inbox = Inbox()
    pulses.connect(inbox.outgoing)
    yield inbox
    pulses._out = None
    inbox.close()


def test_what_was_sent_is_read_once(inbox):
    pulses.send("up")
    pulses.send("busy")

    assert [pulse.event for pulse in inbox.read()] == ["up", "busy"]
    assert inbox.read() == []


def test_a_pulse_says_who_sent_it(inbox):
    pulses.send("up")

    assert inbox.read() == [(os.getpid(), "up", workers.this())]


def test_a_queue_may_be_rung_later(inbox):
    pulses.send_later("slow", timedelta(seconds=1.5))

    assert inbox.read() == [(os.getpid(), "later", "slow 1.500")]


def test_a_line_that_came_in_two_pieces_is_one_pulse(inbox):
    os.write(inbox.outgoing, b"12 bu")
    assert inbox.read() == []

    os.write(inbox.outgoing, b"sy me\n13 idle you\n")

    assert inbox.read() == [(12, "busy", "me"), (13, "idle", "you")]


@pytest.mark.parametrize(
    "line", [b"\n", b"garbage\n", b"x up me\n", b"12\n", b"\xff\n"]
)
def test_what_is_no_pulse_is_passed_over(inbox, line):
    os.write(inbox.outgoing, line + b"13 idle you\n")

    assert inbox.read() == [(13, "idle", "you")]


def test_a_full_pipe_is_no_matter(inbox):
    for _ in range(10_000):
        pulses.send("busy")

    assert inbox.read()


def test_nobody_listening_is_no_matter():
    pulses.send("busy")
