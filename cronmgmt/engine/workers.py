"""What a worker process is called in leases, logs and history."""

from __future__ import annotations

import os
import secrets

from cronmgmt.conf import conf

_name = ""
_pid = 0


def this() -> str:
    """Return the name of this process: instance, process id and a random tag.

    The tag tells it from the processes of a container that has the same host name and
    counts from the same first process id.
    """
    global _name, _pid
    if _pid != os.getpid():
        _pid = os.getpid()
        _name = f"{conf.instance}:{_pid}:{secrets.token_hex(3)}"
    return _name


def is_of_this_instance(worker: str) -> bool:
    """Return whether a worker of that name runs, or ran, on this instance."""
    return worker.rsplit(":", 2)[0] == conf.instance
