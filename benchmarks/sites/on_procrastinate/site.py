"""procrastinate."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from django.db import models
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import (
    ProcrastinateEvent,
    ProcrastinateJob,
    ProcrastinatePeriodicDefer,
    ProcrastinateWorker,
)
from procrastinate.periodic import PeriodicDeferrer

from benchmarks.sites.on_procrastinate import work
from benchmarks.sites.site import Site


class OnProcrastinate(Site):
    packages = ("procrastinate", "psycopg")

    def settings(self) -> dict[str, Any]:
        return {
            "command": "2 × manage.py procrastinate worker",
            "broker": "none: PostgreSQL",
            "listen_notify": True,
            "delete_jobs": "never",
        }

    def tables(self) -> Iterable[type[models.Model]]:
        return [
            ProcrastinateEvent,
            ProcrastinateJob,
            ProcrastinatePeriodicDefer,
            ProcrastinateWorker,
        ]

    def queue(self, count: int) -> None:
        work.nothing.batch_defer(*({} for _ in range(count)))

    def finished(self) -> int:
        return ProcrastinateJob.objects.filter(status="succeeded").count()

    def queued(self) -> int:
        return ProcrastinateJob.objects.filter(status="todo").count()

    def schedule(self, count: int, due: float | None = None) -> None:
        """Do nothing: the worker's code declares them, see ``BENCH_DUE``."""

    def turn_due_into_queued(self, count: int) -> float:
        registry = app.periodic_registry
        registry.periodic_tasks.clear()
        now = time.time()
        work.declare(count, now - 1)
        return asyncio.run(self._defer(PeriodicDeferrer(registry), now))

    async def _defer(self, deferrer: PeriodicDeferrer, now: float) -> float:
        with app.replace_connector(app.connector.get_worker_connector()):
            async with app.open_async():
                started = time.perf_counter()
                await deferrer.defer_jobs(deferrer.get_previous_tasks(at=now))
                return time.perf_counter() - started

    def enqueue(self, number: int) -> None:
        work.take.defer(number=number)

    def enqueue_many(self, count: int) -> None:
        work.take.batch_defer(*({"number": number} for number in range(count)))

    def trigger(self, label: str) -> None:
        work.note.defer(label=label)


site = OnProcrastinate()
