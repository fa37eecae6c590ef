"""Do the databases answer, and how fast?"""

from __future__ import annotations

import time
from datetime import timedelta

from django.db import Error, connections

from cronmgmt import job


class Unhealthy(Exception):
    """Some databases do not answer; the message names them."""


@job(
    "health-check",
    cron="0 * * * *",
    title="Health check",
    purpose="Asks every database that the jobs need whether it answers.",
    description="Start the database that the error names, or correct its URL.",
    owner="Operations",
    tags=["health"],
    expected_duration=timedelta(seconds=5),
    timeout=timedelta(minutes=1),
)
def health_check() -> dict[str, float]:
    """Return how many milliseconds each database took to answer."""
    latencies, silent = {}, []
    for alias in connections:
        try:
            latencies[alias] = latency(alias)
        except Error as error:
            silent.append(f"{alias}: {error}")
    if silent:
        raise Unhealthy("; ".join(silent))
    return latencies


def latency(alias: str) -> float:
    """Return how many milliseconds one question takes, connecting included."""
    started = time.perf_counter()
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return round((time.perf_counter() - started) * 1000, 3)
