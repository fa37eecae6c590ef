"""The dashboard: a manager opens its lists, and statements are counted and timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection, models
from django.test import Client

import cronmgmt
from benchmarks.sites.on_pages import history
from benchmarks.sites.site import Site
from cronmgmt.engine.hours import HourCounting
from cronmgmt.models import (
    Activity,
    Gap,
    HourCount,
    JobRun,
    Node,
    RunAttempt,
    ScheduledJob,
)

WARM_UPS = 2
REQUESTS = 7
"""Of each statement the least time over so many requests counts: what else the machine
does only adds to it."""


class OnPages(Site):
    packages = ("psycopg",)

    def versions(self) -> dict[str, str]:
        return {**super().versions(), "cronmgmt": cronmgmt.__version__}

    def settings(self) -> dict[str, Any]:
        return {"database": connection.vendor, "jobs": history.JOBS}

    def tables(self) -> Iterable[type[models.Model]]:
        return [JobRun, RunAttempt, Gap, Activity, HourCount, ScheduledJob, Node]

    def fill(self, runs: int) -> None:
        """Add the jobs and so many runs of them; let the database settle."""
        history.make_jobs()
        history.make_runs(runs)
        counting = HourCounting()
        while counting.go_on():  # As a node does every ten minutes.
            pass
        self.settle()

    def costs(self, pages: dict[str, str]) -> dict[str, tuple[int, float]]:
        """Return for each page its statements and their milliseconds together."""
        client = _manager()
        now = datetime.now(UTC)
        moments = {
            "since": f"{now - timedelta(days=3):%Y-%m-%dT%H:%M}",
            "until": f"{now - timedelta(days=1):%Y-%m-%dT%H:%M}",
        }
        return {
            page: _cost(client, path.format(**moments)) for page, path in pages.items()
        }

    def queue(self, count: int) -> None:
        raise NotImplementedError

    def finished(self) -> int:
        return JobRun.objects.filter(finished_at__isnull=False).count()

    def enqueue(self, number: int) -> None:
        raise NotImplementedError

    def trigger(self, label: str) -> None:
        raise NotImplementedError


def _manager() -> Client:
    person, _ = get_user_model().objects.get_or_create(username="manager")
    mine = Permission.objects.filter(content_type__app_label="cronmgmt")
    person.user_permissions.set(mine)
    client = Client()
    client.force_login(person)
    return client


def _cost(client: Client, path: str) -> tuple[int, float]:
    for _ in range(WARM_UPS):
        _request(client, path)
    asked = [_request(client, path) for _ in range(REQUESTS)]
    # A page that asks now and then for more would be counted with the most.
    longest = max(asked, key=len)
    alike = [each for each in asked if len(each) == len(longest)]
    least = map(min, zip(*alike, strict=True))
    return len(longest), sum(least) * 1000


def _request(client: Client, path: str) -> list[float]:
    """Return the seconds of each statement of one request."""
    seconds: list[float] = []

    def timed(execute: Callable[..., Any], *arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            seconds.append(time.perf_counter() - started)

    with connection.execute_wrapper(timed):
        response = client.get(path)
        assert response.status_code == 200, f"{path}: {response.status_code}"
    return seconds


site = OnPages()
