"""Somebody edits the source's members: without it the demo's sync had nothing to do."""

from __future__ import annotations

import time
from datetime import timedelta
from random import Random

from django.conf import settings
from django.utils import timezone

from cronmgmt import NonRetryable, Run, job
from project.people import change_members


@job(
    "demo:members-change",
    every="45s",
    title="Demo: members change",
    purpose="Lets a few made-up members move, leave, join and come back.",
    description="It belongs to the demo. Switch it off and the members sync rests.",
    dependencies="database source",
    owner="Demo",
    tags=["demo"],
    expected_duration=timedelta(seconds=1),
    timeout=timedelta(minutes=1),
)
def members_change(run: Run) -> dict[str, int]:
    """Return how many moved, left and came."""
    if not settings.DEBUG:
        raise NonRetryable("DEBUG is off: the members may be real. Retire this job.")
    return change_members(Random(run.execution_id.int), timezone.now())


@job(
    "demo:archive",
    every="7m",
    title="Demo: archive documents",
    purpose="Something that takes a while, so that there is something to watch.",
    description="It belongs to the demo: it copies nothing. Cancel it if you like.",
    owner="Demo",
    tags=["demo"],
    expected_duration=timedelta(minutes=4),
    timeout=timedelta(minutes=10),
    on_lost="fail",
)
def archive(run: Run, documents: int = 240, seconds: float = 1.0) -> dict[str, int]:
    """Go through ``documents``, each of which takes some ``seconds``."""
    _only_in_the_demo()
    for number in range(1, documents + 1):
        time.sleep(seconds)
        run.progress(number, documents)
        if number % 20 == 0:
            run.log(f"{number} of {documents} documents archived")
    return {"documents": documents}


@job(
    "demo:exchange-rates",
    every="2m",
    title="Demo: exchange rates",
    purpose="Fails now and then, as a service of somebody else's does.",
    description="It belongs to the demo: nothing is asked, and nobody is at fault.",
    owner="Demo",
    tags=["demo"],
    expected_duration=timedelta(seconds=1),
    timeout=timedelta(minutes=1),
    max_attempts=2,
    backoff=timedelta(seconds=20),
)
def exchange_rates(run: Run) -> dict[str, float]:
    """Return made-up rates, or raise."""
    _only_in_the_demo()
    random = Random(run.execution_id.int + run.attempt)
    if random.random() < 0.4:
        raise ConnectionError("The rates' service does not answer.")
    return {"EUR/USD": round(random.uniform(1.0, 1.2), 4)}


@job(
    "demo:agencies",
    every="10m",
    title="Demo: reminders of three agencies",
    purpose="One run that goes over several tenants, of which one fails now and then.",
    description="It belongs to the demo: nobody is reminded of anything.",
    owner="Demo",
    tags=["demo"],
    targets=["agency_east", "agency_north", "agency_south"],
    expected_duration=timedelta(seconds=1),
    timeout=timedelta(minutes=1),
    max_attempts=2,
    backoff=timedelta(seconds=20),
)
def agencies(run: Run) -> None:
    """Send an agency's made-up reminders, or raise."""
    _only_in_the_demo()
    random = Random(f"{run.execution_id} {run.attempt} {run.target}")
    if run.target == "agency_south" and random.random() < 0.4:
        raise ConnectionError("The agency's database does not answer.")
    run.items_processed = random.randrange(3, 30)
    run.log(f"{run.items_processed} reminders sent")


def _only_in_the_demo() -> None:
    if not settings.DEBUG:
        raise NonRetryable("It belongs to the demo, and DEBUG is off. Retire this job.")
