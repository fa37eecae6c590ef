"""A run that this version of the code cannot call -> handed on, for a while.

While a deploy rolls out, old and new code work off the same queue. A run is failed only
when nobody who knew its handler, or took its parameters, has come for it within minutes.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from cronmgmt.conf import conf
from cronmgmt.engine.declaring import is_declared_here
from cronmgmt.engine.outcomes import HANDED_BACK, Outcome
from cronmgmt.engine.rings import later_on_commit
from cronmgmt.models import JobRun, RunAttempt
from cronmgmt.models.updating import Later

logger = logging.getLogger("cronmgmt.engine")

FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(seconds=15)
TRIES = 20
"""With these waits, somewhat less than five minutes."""


def handed_on(run: JobRun, failure: Outcome) -> Outcome:
    """Return the outcome of a run that was not even begun: nobody here can call it.

    It is queued again without using up an attempt, each time for longer, so that a
    node with newer code may take it; after TRIES it has failed.
    """
    if failure.refused and _is_made_here(run):
        return failure
    tries = RunAttempt.objects.filter(
        run_id=run.pk,
        number=run.attempt,
        outcome=HANDED_BACK,
        error_class=failure.error_class,
    ).count()
    if tries >= TRIES:
        return failure
    wait = min(FIRST_WAIT * 2**tries, LONGEST_WAIT)
    reason = (
        f"{failure.error_message} Left to a node with newer code ({conf.instance})."
    )
    logger.warning("Run %s: %s", run.pk, reason)
    later_on_commit(run.queue, wait)
    return Outcome(
        HANDED_BACK,
        reason,
        error_class=failure.error_class,
        error_message=failure.error_message,
        handed_back_with={"available_at": Later(wait)},
    )


def _is_made_here(run: JobRun) -> bool:
    """Return whether its parameters are those of a job that this very code declares.

    Then no other code would take them either, and to wait would only delay the news.
    Parameters that somebody gave were taken by the code that wrote the run.
    """
    job = run.job
    return job is not None and run.params == job.params and is_declared_here(job)
