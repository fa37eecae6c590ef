"""Queue work, and queue it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from cronmgmt.conf import conf
from cronmgmt.engine import enqueuing, strangers
from cronmgmt.engine.actions.actor import CODE, Actor, Attempt, attempted, permitted
from cronmgmt.engine.terms import make_terms
from cronmgmt.engine.uniqueness import Queued, active_key, holders
from cronmgmt.errors import Blocked, Forbidden, Refused
from cronmgmt.models import JobRun, Origin, ScheduledJob, Status

REPEATED = (
    ["job_name", "handler", "params", "target", "queue", "priority", "intended_for"]
    + ["timeout", "max_attempts", "backoff", "backoff_ceiling", "retry_on", "on_lost"]
    + ["memory_limit", "lock_key", "lock_digest", "concurrency"]
    + ["unique_key", "notify"]
)
"""What a piece of work that is queued again has from its first run."""


def enqueue(
    handler: str,
    params: Mapping[str, Any] | None = None,
    actor: Actor = CODE,
    *,
    unique_key: str = "",
    reason: str = "",
    **terms: Any,
) -> Queued:
    """Queue a run of a handler; ``terms`` are those of ``make_terms``.

    A person needs ``add_jobrun``, and the attempt is on record; of the site's own code
    the run itself is the record. Raises UnknownHandler, InvalidParameters, InvalidWork
    and Forbidden.
    """
    keys = (unique_key,) if unique_key else ()
    given = {} if params is None else params
    terms |= {"unique_keys": keys, "reason": reason}
    (queued,) = enqueue_many(handler, [given], actor, **terms)
    return queued


def enqueue_many(
    handler: str,
    params: Sequence[Mapping[str, Any]],
    actor: Actor = CODE,
    *,
    unique_keys: Sequence[str] = (),
    reason: str = "",
    **terms: Any,
) -> list[Queued]:
    """Queue a run of a handler for each of ``params``: all of them, or none."""
    by = "" if actor is CODE else actor.label
    made = make_terms(requested_by=by, **terms)
    queue = partial(enqueuing.enqueue_many, handler, params, made, unique_keys)
    if actor is CODE:
        return queue()

    def work() -> list[Queued]:
        _refuse_if_out_of_reach(handler, actor)
        strangers.refuse(made.notify, actor)
        return queue()

    attempt = Attempt(actor, "enqueue", "add_jobrun", reason=reason, subject=handler)
    return attempted(attempt, work)


def permit_enqueue(actor: Actor) -> None:
    """Return if the actor may queue work at all, before what they ask for is read.

    Raises Forbidden, which is on record like any other attempt.
    """
    attempt = Attempt(actor, "enqueue", "add_jobrun", subject="work")
    permitted(attempt, lambda: None)


def _refuse_if_out_of_reach(handler: str, actor: Actor) -> None:
    """Raise Forbidden for the handler of jobs on which the actor may not act."""
    jobs = ScheduledJob.objects.filter(handler=handler)
    keys = set(jobs.values_list("pk", flat=True)) if actor.barred else set()
    if keys and keys <= actor.barred:
        raise Forbidden(
            format_lazy(gettext_lazy("You may not enqueue {handler}."), handler=handler)
        )


def is_work(run: JobRun) -> bool:
    """Return whether the run was queued by itself, not of a job."""
    return run.job_id is None and run.origin == Origin.ENQUEUE


def again(old: JobRun, now: datetime) -> JobRun:
    """Return an unsaved run that does the work of a finished one once more."""
    if not conf.ENABLED:
        raise Refused(
            gettext_lazy("Nothing runs on this site: CRONMGMT['ENABLED'] is False.")
        )
    return JobRun(
        **{name: getattr(old, name) for name in REPEATED},
        origin=Origin.ENQUEUE,
        status=Status.QUEUED,
        available_at=now,
        created_at=now,
        active_key=active_key(old.unique_key) if old.unique_key else None,
    )


def refuse_if_taken(run: JobRun) -> None:
    """Raise Blocked if an unfinished run has the key of this piece of work."""
    taken = holders([run.active_key]) if run.unique_key and run.active_key else {}
    for execution_id in taken.values():
        raise Blocked(
            format_lazy(
                gettext_lazy("{job}: work under the key {key!r} is unfinished."),
                job=run.job_name,
                key=run.unique_key,
            ),
            execution_id=str(execution_id),
        )
