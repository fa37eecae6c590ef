"""What a command's exit status tells a shell, a pipeline or a supervisor."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit statuses of ``manage.py cronmgmt``."""

    DONE = 0  # what was asked for is done
    FAILED = 1  # it was refused, or the job failed; standard error says why
    USAGE = 2  # the command line is wrong, as argparse has it
    DIFFERS = 3  # --check found a difference, or --min-grade a worse job
    UNWELL = 4  # doctor found an error
