"""CPU seconds and memory of the process while a run runs."""

from __future__ import annotations

import os
import resource
import sys
import time
from functools import lru_cache

MEGABYTE = 1_000_000

_PAGE = os.sysconf("SC_PAGE_SIZE")


class Usage:
    """Measures from its making on; memory is sampled, so short peaks may be missed."""

    def __init__(self) -> None:
        self._cpu = time.process_time()
        self.now = 0
        self.peak = 0

    def sample(self) -> None:
        """Read the memory once more."""
        self.now = resident_memory()
        self.peak = max(self.peak, self.now)

    def columns(self) -> dict[str, float | int]:
        """Return the columns of the run."""
        self.sample()
        return {
            "cpu_seconds": time.process_time() - self._cpu,
            "peak_memory": self.peak,
        }


def resident_memory() -> int:
    """Return the resident memory of this process in bytes."""
    try:
        return int(os.pread(_statm(os.getpid()), 200, 0).split()[1]) * _PAGE
    except (OSError, IndexError, ValueError):
        _statm.cache_clear()  # A handler may have closed files that are not its own.
        # No /proc (macOS): the highest so far; bytes there, kilobytes elsewhere.
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


@lru_cache(maxsize=1)
def _statm(pid: int) -> int:
    """Open the file in which Linux shows the memory; one of this very process.

    It stays open: every run reads it, and opening takes far longer than reading.
    """
    return os.open(f"/proc/{pid}/statm", os.O_RDONLY | os.O_CLOEXEC)
