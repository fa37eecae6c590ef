"""The Celery app and its tasks: ``celery -A benchmarks.sites.on_celery.work``."""

from __future__ import annotations

from celery import Celery
from django.conf import settings

from benchmarks.sites import handlers

REUSE: int = settings.BENCH_DB_REUSE_MAX

app = Celery("bench")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Else it closes its connections before and after each task, whatever CONN_MAX_AGE says.
app.conf.update(CELERY_DB_REUSE_MAX=REUSE)


@app.task(name="nothing")
def nothing() -> None:
    """Do nothing."""
    handlers.nothing()


@app.task(name="take")
def take(number: int) -> None:
    """Do nothing with what it is handed."""
    handlers.take(number)


@app.task(name="note")
def note(label: str) -> None:
    """Note when the task was started."""
    handlers.note(label)
