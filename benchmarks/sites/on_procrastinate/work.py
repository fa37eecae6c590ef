"""The tasks, and those with a schedule: procrastinate has them in code."""

from __future__ import annotations

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from benchmarks.sites import handlers
from benchmarks.sites.environment import DUE


@app.task(name="nothing")
async def nothing() -> None:
    """Do nothing."""
    handlers.nothing()


@app.task(name="take")
async def take(number: int) -> None:
    """Do nothing with what it is handed."""
    handlers.take(number)


@app.task(name="note")
async def note(label: str) -> None:
    """Note when the task was started."""
    handlers.note(label)


@app.task(name="note_due")
async def note_due(timestamp: int, label: str) -> None:
    """Note when the task of a schedule was started."""
    handlers.note(label)


def declare(count: int, due: float) -> None:
    """Give the task that many schedules, each due at that second of the day."""
    moment = datetime.fromtimestamp(due, UTC)
    # Seconds come last there.
    cron = f"{moment.minute} {moment.hour} * * * {moment.second}"
    for number in map(str, range(count)):
        configured = {"task_kwargs": {"label": number}}
        app.periodic(cron=cron, periodic_id=number, **configured)(note_due)


if DUE:
    declared, _, instant = DUE.partition("@")
    declare(int(declared), float(instant))
