"""A ring -> a few ``drain`` tasks on django-q2, never one per run."""

from __future__ import annotations

import time

from django_q.conf import Conf
from django_q.tasks import async_task

from cronmgmt.engine.loop import work_a_slice

TASK = "cronmgmt.engine.cluster.doorbell.drain"

_rang_again: dict[str, float] = {}
"""When this process last rang for what its slice of a queue had left over."""


def ring(queue: str, runs: int = 1) -> None:
    """Put up to one task per worker on the broker.

    A queue that has a cluster of its own in ``ALT_CLUSTERS`` is rung there, any other
    at the default cluster.
    """
    for _ in range(max(1, min(runs, int(Conf.WORKERS)))):
        async_task(
            TASK,
            queue,
            rung_at=time.time(),
            q_options={
                "task_name": f"cronmgmt {queue}",
                "cluster": queue if queue in alternative_clusters() else None,
                # The run's own time-out counts; django-q2's would kill the worker.
                "timeout": -1,
                "save": False,
                "ack_failure": True,
            },
        )


def alternative_clusters() -> set[str]:
    """Return the names of the clusters that serve a queue of their own."""
    return set(Conf.conf.get("ALT_CLUSTERS") or {})


def drain(queue: str, rung_at: float | None = None) -> str:
    """What the django-q2 worker calls: work off ``queue``, then ring if more is left.

    A ring from before our own last one is done with: that one stands for all the work
    there was. Otherwise the host's own tasks would wait for a slice per ring. Returns
    one line for django-q2's log.
    """
    if rung_at is not None and rung_at < _rang_again.get(queue, rung_at):
        return "A later ring stands for this one."
    slice_ = work_a_slice(queue)
    if slice_.more:
        _rang_again[queue] = time.time()
        ring(queue)
    return f"{slice_.done} runs"
