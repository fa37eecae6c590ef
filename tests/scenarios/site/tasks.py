"""What the site itself has put on django-q2, as before it had any jobs."""

from __future__ import annotations

import json
import os


def note_task() -> None:
    """Note that it ran."""
    with open(os.environ["SITE_WITNESS"], "a") as witness:
        witness.write(f"{json.dumps({'event': 'TASK'})}\n")
