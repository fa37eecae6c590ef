"""django-tasks' database backend."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django_tasks_db.models import DBTaskResult

from benchmarks.sites.on_django_tasks import work
from benchmarks.sites.site import Site


class OnDjangoTasks(Site):
    packages = ("django-tasks", "django-tasks-db")

    def settings(self) -> dict[str, Any]:
        return {
            "command": "2 × manage.py db_worker --interval 0.2 --no-startup-delay",
            "broker": "none: PostgreSQL",
        }

    def tables(self) -> Iterable[type[models.Model]]:
        return [DBTaskResult]

    @transaction.atomic
    def queue(self, count: int) -> None:
        for _ in range(count):
            work.nothing.enqueue()

    def finished(self) -> int:
        return DBTaskResult.objects.filter(status="SUCCESSFUL").count()

    def queued(self) -> int:
        return DBTaskResult.objects.filter(status="READY").count()

    def enqueue(self, number: int) -> None:
        work.take.enqueue(number)

    def trigger(self, label: str) -> None:
        work.note.enqueue(label)


site = OnDjangoTasks()
