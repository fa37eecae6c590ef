"""Members -> the contacts of an HTTP API."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from cronmgmt import NonRetryable, Run, job
from cronmgmt.parameters import Secret
from project.intercom.client import Client
from project.intercom.limiter import Limiter
from project.intercom.pushing import push_members


@job(
    "intercom",
    cron="0 8 * * *",
    timezone="UTC",
    params={"token": "env:INTERCOM_TOKEN"},
    title="Intercom sync",
    purpose="Tells the contacts' API about Active and Retired members who changed.",
    description=(
        "It goes on where it stopped, and what was pushed already is not pushed again: "
        "trigger it when the API answers again. After a refused token renew "
        "INTERCOM_TOKEN and restart the workers. Contacts that the API refuses are "
        "named in the log: correct the member in the membership database."
    ),
    dependencies="database target; job members; the API at INTERCOM_URL",
    owner="Membership",
    tags=["sync", "api"],
    expected_duration=timedelta(seconds=600),
    timeout=timedelta(minutes=30),
    max_attempts=3,
    backoff=timedelta(minutes=1),
)
def intercom(run: Run, token: Secret[str], per_second: int = 50) -> dict[str, int]:
    """Return how many members were read, pushed, unchanged since their last push."""
    if not settings.INTERCOM_URL:
        raise NonRetryable("INTERCOM_URL is not set: it says where the API is.")
    client = Client(settings.INTERCOM_URL, token.value, Limiter(per_second))
    return push_members(run, client)
