"""A process that calls the package's or django-q2's functions for a test, line by line.

It reads ``["function", [arguments]]`` and answers ``{"value"}`` or ``{"error"}``.
"""

from __future__ import annotations

import json
import sys

import django
from django.apps import apps


def main() -> None:
    """Serve until the input ends."""
    django.setup()
    import cronmgmt

    functions = {}
    if apps.is_installed("django_q"):
        from django_q.tasks import async_task

        functions["async_task"] = async_task
    for line in sys.stdin:
        name, arguments = json.loads(line)
        call = functions.get(name) or getattr(cronmgmt, name)
        try:
            answer = {"value": str(call(*arguments))}
        except cronmgmt.errors.CronmgmtError as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
