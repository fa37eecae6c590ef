"""Plain django-q2."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django_q.brokers import get_broker
from django_q.models import OrmQ, Schedule, Task
from django_q.scheduler import scheduler
from django_q.tasks import async_iter, async_task

from benchmarks.sites import LATER
from benchmarks.sites.site import Site

NOTHING = "benchmarks.sites.handlers.nothing"
TAKE = "benchmarks.sites.handlers.take"
NOTE = "benchmarks.sites.handlers.note"


class OnDjangoQ2(Site):
    packages = ("django-q2",)

    def settings(self) -> dict[str, Any]:
        # The URL of Redis is not a setting that matters to the figures.
        chosen = {k: v for k, v in settings.Q_CLUSTER.items() if k != "redis"}
        broker = "redis" if "redis" in settings.Q_CLUSTER else "orm"
        return {"command": "manage.py qcluster", "broker": broker, **chosen}

    def tables(self) -> Iterable[type[models.Model]]:
        return [OrmQ, Schedule, Task]

    @transaction.atomic
    def queue(self, count: int) -> None:
        broker = get_broker()
        for _ in range(count):
            async_task(NOTHING, q_options={"broker": broker})

    def finished(self) -> int:
        return Task.objects.filter(success=True).count()

    def queued(self) -> int:
        return int(get_broker().queue_size())

    def schedule(self, count: int, due: float | None = None) -> None:
        moment = datetime.fromtimestamp(due or time.time() + LATER, UTC)
        if Schedule.objects.count() != count:
            Schedule.objects.all().delete()
            Schedule.objects.bulk_create(
                Schedule(
                    name=number,
                    func=NOTE,
                    args=f"{number!r},",
                    schedule_type=Schedule.HOURLY,
                )
                for number in map(str, range(count))
            )
        Schedule.objects.update(next_run=moment)

    def turn_due_into_queued(self, count: int) -> float:
        self.schedule(count, time.time() - 1)
        broker = get_broker()
        started = time.perf_counter()
        scheduler(broker=broker)
        return time.perf_counter() - started

    def enqueue(self, number: int) -> None:
        async_task(TAKE, number)

    @transaction.atomic
    def enqueue_many(self, count: int) -> None:
        # In one transaction, which it does not take care of by itself.
        async_iter(TAKE, [(number,) for number in range(count)])

    def trigger(self, label: str) -> None:
        async_task(NOTE, label)


site = OnDjangoQ2()
