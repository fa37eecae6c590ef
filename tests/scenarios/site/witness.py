"""What handlers themselves say of their runs: one line each, in a file of its own.

It is independent of everything that the engine records. Lines are appended in one
write, so those of many processes do not mix.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any


def note(event: str, run: Any, **more: Any) -> None:
    """Append that ``event`` happened in ``run``."""
    line = {
        "event": event,
        "execution_id": str(run.execution_id),
        "job": run.job_name,
        "occurrence": run.scheduled_for and run.scheduled_for.timestamp(),
        "attempt": run.attempt,
        "pid": os.getpid(),
        "at": time.time(),
        **more,
    }
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    file = os.open(os.environ["SITE_WITNESS"], flags, 0o600)
    try:
        os.write(file, f"{json.dumps(line)}\n".encode())
    finally:
        os.close(file)
