"""The Celery app and its tasks: ``celery -A benchmarks.sites.on_celery.work``."""

from __future__ import annotations

from celery import Celery

from benchmarks.sites import handlers

app = Celery("bench")
app.config_from_object("django.conf:settings", namespace="CELERY")


@app.task(name="nothing")
def nothing() -> None:
    """Do nothing."""
    handlers.nothing()


@app.task(name="note")
def note(label: str) -> None:
    """Note when the task was started."""
    handlers.note(label)
