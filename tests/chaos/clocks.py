"""Clocks that a test sets, for single processes, by libfaketime."""

from __future__ import annotations

from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")


def other_time() -> Path | None:
    """Return the library that shows a process another time, if it is installed."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)


def set_clock(folder: Path, seconds: int) -> None:
    """Let the folder's clock be off by so much from now on."""
    new = folder / "clock.new"
    new.write_text(f"{seconds:+d}s\n")
    new.rename(folder / "clock")


def wrong_clock(seconds: int) -> dict[str, str]:
    """Return the environment of a process whose clock is off by so much, for good."""
    library = other_time()
    if library is None:
        return {}
    return {"LD_PRELOAD": str(library), "FAKETIME": f"{seconds:+d}s"}


def clock_of_its_own(folder: Path) -> dict[str, str]:
    """Return the environment of a process that goes by the folder's clock.

    In Python's own processes ``time.sleep`` fails under it: see ``site/apps.py``.
    """
    library = other_time()
    if library is None:
        return {}
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(folder / "clock"),
        # Changes hold at once, for all processes; and pauses stay as long as they are.
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def remove_traces() -> None:
    """Remove what the library leaves of processes that were killed."""
    for path in SHARED_MEMORY.glob("*faketime_s*_*"):
        if not Path("/proc", path.name.rpartition("_")[2]).exists():
            path.unlink(missing_ok=True)
