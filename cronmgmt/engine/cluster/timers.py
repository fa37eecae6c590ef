"""The clock that django-q2 keeps of each worker, under a lock that no dead one keeps.

A worker that is killed while it hands in a result has its timer locked. django-q2's own
lock stays so for good, and the sentinel, which looks at that timer next, waits for ever:
no dead worker is replaced from then on.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import weakref
from multiprocessing import Value
from typing import Any


class KernelLock:
    """A lock between processes, on a file without a name: the kernel frees it.

    Who has it may take it again; for one thread of each process.
    """

    def __init__(self) -> None:
        with tempfile.TemporaryFile() as file:
            self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)
        self._taken = 0

    def acquire(self) -> bool:
        """Wait until it is ours."""
        if not self._taken:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
        self._taken += 1
        return True

    def release(self) -> None:
        """Let others have it, once it is given back as often as it was taken."""
        self._taken -= 1
        if not self._taken:
            fcntl.lockf(self._file, fcntl.LOCK_UN)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()


def idle_timer() -> Any:
    """Return the timer of a worker that has nothing to do yet."""
    lock: Any = KernelLock()
    return Value("f", -1, lock=lock)
