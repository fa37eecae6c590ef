"""celery, django-celery-beat and django-celery-results."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django_celery_beat.models import IntervalSchedule, PeriodicTask, PeriodicTasks
from django_celery_beat.schedulers import DatabaseScheduler
from django_celery_results.models import TaskResult

from benchmarks.sites import LATER
from benchmarks.sites.on_celery.work import app, note, nothing, take
from benchmarks.sites.site import Site

HOUR = timedelta(hours=1)


class OnCelery(Site):
    packages = ("celery", "django-celery-beat", "django-celery-results", "redis")

    def settings(self) -> dict[str, Any]:
        return {
            "command": "celery worker --concurrency 2, celery beat",
            "broker": "redis",
            "result_backend": settings.CELERY_RESULT_BACKEND,
            "worker_prefetch_multiplier": settings.CELERY_WORKER_PREFETCH_MULTIPLIER,
            "CELERY_DB_REUSE_MAX": app.conf.get("CELERY_DB_REUSE_MAX"),
        }

    def tables(self) -> Iterable[type[models.Model]]:
        return [TaskResult, PeriodicTask, IntervalSchedule]

    def clear(self) -> None:
        super().clear()
        # A beat that never saw a change does not see the first one either.
        PeriodicTasks.update_changed()

    def queue(self, count: int) -> None:
        for _ in range(count):
            nothing.delay()

    def finished(self) -> int:
        return TaskResult.objects.filter(status="SUCCESS").count()

    def queued(self) -> int:
        with app.connection_for_read() as connection:
            return int(connection.default_channel.client.llen("celery"))

    def schedule(self, count: int, due: float | None = None) -> None:
        moment = datetime.fromtimestamp(due or time.time() + LATER, UTC)
        hourly, _ = IntervalSchedule.objects.get_or_create(
            every=1, period=IntervalSchedule.HOURS
        )
        # Anew each time: beat writes when the old ones ran over what is written here.
        PeriodicTask.objects.all().delete()
        PeriodicTask.objects.bulk_create(
            PeriodicTask(
                name=number,
                task="note",
                args=json.dumps([number]),
                interval=hourly,
                last_run_at=moment - HOUR,
            )
            for number in map(str, range(count))
        )
        PeriodicTasks.update_changed()

    def turn_due_into_queued(self, count: int) -> float:
        self.schedule(count, time.time() - 1)
        beat = DatabaseScheduler(app=app)
        assert beat.schedule  # Read before the time runs, as by a beat that is up.
        started = time.perf_counter()
        while self.queued() < count:
            for _ in range(100):
                beat.tick()
        return time.perf_counter() - started

    def enqueue(self, number: int) -> None:
        take.delay(number)

    def trigger(self, label: str) -> None:
        note.delay(label)


site = OnCelery()
