"""How a handler is stopped from outside: by a signal to its own thread.

An asynchronous exception would wait until a blocking call returns; a signal breaks
``time.sleep`` and a silent socket at once. The signal's handler raises only while the
run it was sent for is still inside its handler.
"""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType

from cronmgmt.errors import Interruption

SIGNAL = getattr(signal, "SIGRTMIN", signal.SIGUSR2) + 7 * hasattr(signal, "SIGRTMIN")


class Gate:
    """Open while a handler runs; what is raised through it ends that handler only."""

    def __init__(self) -> None:
        self.pending: Interruption | None = None
        self.delivered = False
        self.thread = threading.get_ident()
        self.pid = os.getpid()
        self.is_open = False

    def open(self) -> None:
        """The handler is about to be called."""
        global _gate
        _gate = self
        self.is_open = True

    def close(self) -> None:
        """The handler has returned or raised: nothing is raised any more."""
        self.is_open = False

    def interrupt(self, interruption: Interruption) -> None:
        """Raise ``interruption`` inside the handler, from any thread; the first counts.

        Called again, the first one is raised once more: a handler may have caught it.
        """
        self.pending = self.pending or interruption
        if self.is_open and can_interrupt(self.thread):
            signal.pthread_kill(self.thread, SIGNAL)

    def take(self) -> Interruption | None:
        """Return what to raise now, if the handler is still inside."""
        return self.pending if self.is_open else None


_gate: Gate | None = None


def be_deaf(number: int) -> None:
    """Let this process and those it forks do nothing at that signal.

    Unlike one that is ignored, it is back to its default in a program that a handler
    starts, which can then be ended in the usual way.
    """
    signal.signal(number, _do_nothing)


def _do_nothing(number: int, frame: FrameType | None) -> None:
    pass


def _hear_again() -> None:
    """What a handler forks is no worker: it ends when it is told to."""
    gate = _gate
    if gate is None or gate.pid == os.getpid() or not gate.is_open:
        return
    for number in (signal.SIGTERM, signal.SIGINT):
        if signal.getsignal(number) is _do_nothing:
            signal.signal(number, signal.SIG_DFL)


os.register_at_fork(after_in_child=_hear_again)


def install() -> None:
    """Make this process interruptible; once, from its main thread."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    if in_main_thread and signal.getsignal(SIGNAL) is not _on_signal:
        signal.signal(SIGNAL, _on_signal)


def can_interrupt(thread: int) -> bool:
    """Return whether a handler running in that thread can be interrupted."""
    is_main = thread == threading.main_thread().ident
    return is_main and signal.getsignal(SIGNAL) is _on_signal


def _on_signal(number: int, frame: FrameType | None) -> None:
    gate = _gate
    interruption = gate.take() if gate else None
    if gate is not None and interruption is not None:
        gate.delivered = True
        # A fresh copy: the traceback of a caught one must not grow with each try.
        raise type(interruption)(*interruption.args)
