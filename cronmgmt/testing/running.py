"""A handler -> its finished run, here and now; and run twice, nothing more changed."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import Model

from cronmgmt import clock, registry
from cronmgmt.engine import workers
from cronmgmt.engine.claiming import start
from cronmgmt.engine.execution import execute
from cronmgmt.engine.finishing import finish
from cronmgmt.engine.leases import lease
from cronmgmt.engine.resolving import resolve
from cronmgmt.models import JobRun, Origin, Status, database
from cronmgmt.parameters import check_parameters

Watched = Sequence[type[Model]] | Callable[[], object]


def run_handler(
    handler: str | Callable[..., Any],
    params: Mapping[str, Any] | None = None,
    **columns: Any,
) -> JobRun:
    """Run a handler once, in this process, and return its finished run.

    ``handler`` is a registered name, or the decorated function. ``columns`` set what
    the handler sees of its run, such as ``intended_for``. Its first attempt is its
    last. Raises UnknownHandler or InvalidParameters.
    """
    name = handler if isinstance(handler, str) else registry.name_of(handler)
    checked = check_parameters(resolve(name).function, params or {}, name=name)
    now = clock.now(database())
    run = JobRun(
        **{
            "job_name": name,
            "handler": name,
            "params": checked,
            "origin": Origin.MANUAL,
            "status": Status.CLAIMED,
            "claim_token": uuid.uuid4().hex,
            "claims": 1,
            "worker": workers.this(),
            "available_at": now,
            "created_at": now,
            "lease_expires_at": now + lease(),
            **columns,
        }
    )
    run.save(force_insert=True)
    run.seen, run.clock_read = time.monotonic(), now
    if start(run):
        finish(run, execute(run))
    return JobRun.objects.get(pk=run.pk)


def assert_second_run_changes_nothing(
    handler: str | Callable[..., Any],
    params: Mapping[str, Any] | None = None,
    *,
    watching: Watched,
    **columns: Any,
) -> tuple[JobRun, JobRun]:
    """Run a handler twice; the second run must succeed and change nothing watched.

    ``watching`` are the models whose rows must stay as the first run left them, or a
    function that returns what must stay equal: sent e-mails, calls of a stand-in. A
    job that may be run again after a crash has to pass this. Returns both runs.
    """
    first = _succeeded(run_handler(handler, params, **columns), "first")
    before = _snapshot(watching)
    second = _succeeded(run_handler(handler, params, **columns), "second")
    after = _snapshot(watching)
    assert before == after, (
        f"The second run of {first.handler} changed what the first had left:\n"
        f"before: {before!r}\nafter:  {after!r}"
    )
    return first, second


def _succeeded(run: JobRun, which: str) -> JobRun:
    assert run.status == Status.SUCCEEDED, (
        f"The {which} run of {run.handler} {run.get_status_display()}: {run.reason}\n"
        f"{run.traceback}"
    )
    return run


def _snapshot(watching: Watched) -> object:
    if callable(watching):
        return watching()
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in watching
    }
