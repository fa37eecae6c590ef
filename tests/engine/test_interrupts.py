"""An interruption reaches the handler it was meant for, or nobody."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from cronmgmt.engine import interrupts
from cronmgmt.engine.interrupts import SIGNAL, Gate
from cronmgmt.errors import RunCancelled, RunTimedOut


@pytest.fixture(autouse=True)
def _installed():
    before = signal.getsignal(SIGNAL)
    interrupts.install()
    yield
    signal.signal(SIGNAL, before)


@pytest.fixture
def gate():
    gate = Gate()
    gate.open()
    yield gate
    gate.close()


def sent_while(gate, interruption, action):
    """Interrupt from another thread while ``action`` goes on here."""
    thread = threading.Timer(0.05, gate.interrupt, [interruption])
    thread.start()
    try:
        action()
    finally:
        thread.join()


def test_a_sleep_is_broken_off(gate):
    began = time.monotonic()

    with pytest.raises(RunTimedOut):
        sent_while(gate, RunTimedOut("slow"), lambda: time.sleep(60))

    assert time.monotonic() - began < 10


def test_a_lock_that_nobody_frees_is_broken_off(gate):
    lock = threading.Lock()
    lock.acquire()

    with pytest.raises(RunTimedOut):
        sent_while(gate, RunTimedOut("slow"), lock.acquire)


def test_except_exception_does_not_swallow_it(gate):
    def careful():
        try:
            time.sleep(60)
        except Exception:
            pytest.fail("swallowed")

    with pytest.raises(RunTimedOut):
        sent_while(gate, RunTimedOut("slow"), careful)


def test_the_first_reason_counts(gate):
    gate.pending = RunCancelled("by alice")

    with pytest.raises(RunCancelled, match="by alice"):
        gate.interrupt(RunTimedOut("slow"))


def test_one_that_was_swallowed_is_raised_again(gate):
    caught = []
    for _ in range(2):
        try:
            gate.interrupt(RunTimedOut("slow"))
        except RunTimedOut as error:
            caught.append(error)

    assert len(caught) == 2
    assert caught[0] is not caught[1]


@pytest.mark.part("4.1")
def test_a_handler_that_has_ended_is_not_interrupted(gate):
    gate.close()

    gate.interrupt(RunTimedOut("slow"))

    assert not gate.delivered


@pytest.mark.part("4.1")
def test_one_sent_to_the_last_run_does_not_hit_the_next(gate):
    gate.close()
    following = Gate()
    following.open()

    gate.interrupt(RunTimedOut("slow"))
    signal.raise_signal(SIGNAL)  # And one that was still on its way.

    assert not following.delivered
    following.close()


def test_a_signal_from_nowhere_hits_nobody():
    signal.raise_signal(SIGNAL)


def test_a_handler_outside_the_main_thread_cannot_be_interrupted():
    gates = []

    def work():
        gates.append(Gate())
        gates[0].open()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    gates[0].interrupt(RunTimedOut("slow"))

    assert not interrupts.can_interrupt(gates[0].thread)
    assert not gates[0].delivered
    gates[0].close()


def test_only_the_main_thread_can_make_a_process_interruptible():
    signal.signal(SIGNAL, signal.SIG_IGN)

    thread = threading.Thread(target=interrupts.install)
    thread.start()
    thread.join()

    assert not interrupts.can_interrupt(threading.get_ident())
