"""cronmgmt."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction

import cronmgmt
from benchmarks.sites import LATER
from benchmarks.sites.on_cronmgmt.claims import Claims
from cronmgmt import clock, enqueue, enqueue_many, trigger_job
from cronmgmt.engine import looking, postgresql, scheduling
from cronmgmt.engine.making import make_run
from cronmgmt.engine.rings import ring
from cronmgmt.models import JobRun, LockSlot, Origin, ScheduledJob, Status, database

JOBS = 100
"""No-op runs are spread over so many jobs; each run also counts on its job's row."""


class OnCronmgmt(Claims):
    packages = ("django-q2", "psycopg")

    def versions(self) -> dict[str, str]:
        # Its own environment has what it takes; it is here itself.
        return {**super().versions(), "cronmgmt": cronmgmt.__version__}

    def settings(self) -> dict[str, Any]:
        path = "PostgreSQL statements" if postgresql.is_usable() else "ORM"
        broker = "redis" if "redis" in settings.Q_CLUSTER else "orm"
        return {
            "command": "manage.py qcluster",
            "workers": settings.Q_CLUSTER["workers"],
            "broker": broker,
            "database": connection.vendor,
            "runs are finished by": path,
            "CRONMGMT": settings.CRONMGMT,
        }

    def tables(self) -> Iterable[type[models.Model]]:
        from django_q.models import OrmQ

        return [JobRun, LockSlot, ScheduledJob, OrmQ]

    def queue(self, count: int) -> None:
        jobs = self._manual_jobs(min(JOBS, count))
        now = clock.now(database())
        runs = (
            make_run(jobs[number % len(jobs)], Origin.ENQUEUE, now)
            for number in range(count)
        )
        JobRun.objects.bulk_create(runs, batch_size=1000)
        ring("default", count)

    def _manual_jobs(self, count: int) -> list[ScheduledJob]:
        jobs = []
        for number in range(count):
            name = f"nothing-{number}"
            job = ScheduledJob.named(name) or ScheduledJob(
                name=name, handler="nothing", schedule_kind="manual", overlap="allow"
            )
            if job.pk is None:
                job.save()
            jobs.append(job)
        return jobs

    def finished(self) -> int:
        return JobRun.objects.filter(status=Status.SUCCEEDED).count()

    def queued(self) -> int:
        return JobRun.objects.filter(status=Status.QUEUED).count()

    def schedule(self, count: int, due: float | None = None) -> None:
        moment = datetime.fromtimestamp(due or time.time() + LATER, UTC)
        expression = f"{moment.second} {moment.minute} {moment.hour} * * *"
        existing = {job.name: job for job in ScheduledJob.objects.all()}
        with transaction.atomic():
            for number in map(str, range(count)):
                job = existing.get(number) or ScheduledJob(name=number, handler="note")
                job.schedule_expression = expression
                job.save()

    def turn_due_into_queued(self, count: int) -> float:
        self._make_due(count)
        gc.freeze()  # As a node does with all that it has loaded.
        ring("default", 1)  # Each peer's scheduler has its broker's connection, too.
        started = time.perf_counter()
        while (look := looking.look()).due():
            assert look.now is not None
            scheduling.queue_due(look.now, look.now - timedelta(hours=1))
        return time.perf_counter() - started

    def _make_due(self, count: int) -> None:
        # Daily, so that a slow scheduler does not find them due once more.
        last = clock.now(database()).replace(second=0, microsecond=0)
        self.schedule(count, last.timestamp())
        ScheduledJob.objects.update(next_run_at=last)

    def enqueue(self, number: int) -> None:
        enqueue("take", {"number": number})

    def enqueue_many(self, count: int) -> None:
        enqueue_many("take", ({"number": number} for number in range(count)))

    def trigger(self, label: str) -> None:
        if ScheduledJob.named(label) is None:
            ScheduledJob(
                name=label, handler="note", schedule_kind="manual", overlap="allow"
            ).save()
        trigger_job(label)


site = OnCronmgmt()
