"""A small disk of a test's own, that can be filled and freed again."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

PIECE = b"\0" * 1_048_576


class Disk:
    """A file system in memory, mounted at ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave not a byte."""
        with self._filler.open("ab", buffering=0) as file:
            for size in (len(PIECE), 4096, 1):
                with contextlib.suppress(OSError):
                    while file.write(PIECE[:size]) == size:
                        pass

    def free(self) -> None:
        """Give back what was taken."""
        self._filler.unlink(missing_ok=True)


@contextlib.contextmanager
def disk(folder: Path, megabytes: int) -> Iterator[Disk | None]:
    """Mount one at ``folder``; None where this machine does not let us."""
    folder.mkdir(exist_ok=True)
    options = f"size={megabytes}m,mode=0755"
    command = ["mount", "-t", "tmpfs", "-o", options, "cronmgmt-chaos", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, check=False).returncode != 0:
        yield None
        return
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
