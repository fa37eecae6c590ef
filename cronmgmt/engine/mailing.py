"""A run that ended -> a mail to each who wants to know, queued in the same transaction.

Each mail is a run of its own: a mail server that is away or silent neither fails nor
delays what the mail is about, and what was sent, or was not, is on record.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from cronmgmt.engine.bulk import insert_many
from cronmgmt.engine.rings import ring_for_work
from cronmgmt.models import JobRun, Origin, Priority, ScheduledJob, Status
from cronmgmt.models.inserting import NOW
from cronmgmt.models.mailing import MOST_ADDRESSES, is_address

logger = logging.getLogger("cronmgmt.engine")

MAIL = "cronmgmt:mail"
"""The handler that sends a mail about the end of a run."""

QUEUE = "default"
POLICIES: dict[str, Any] = {
    # A server that is silent holds a worker no longer than that.
    "timeout": timedelta(seconds=30),
    "priority": int(Priority.LOW),
    # Over about an hour.
    "max_attempts": 8,
    "backoff": timedelta(seconds=30),
}


def queue_mail(run: JobRun) -> None:
    """Queue a mail to each who wants to know that the run ended.

    Part of the transaction in which it ends. Nobody is told of the end of a mail.
    """
    told = _usable(run.notify) if run.handler != MAIL else []
    if not told:
        return
    shared = {
        **POLICIES,
        "job_name": MAIL,
        "handler": MAIL,
        "queue": QUEUE,
        "origin": Origin.ENQUEUE.value,
        "status": Status.QUEUED.value,
        "created_at": NOW,
        "available_at": NOW,
    }
    about = str(run.execution_id)
    rows = [
        {"execution_id": str(uuid.uuid4()), "params": {"about": about, "to": to}}
        for to in told
    ]
    insert_many(shared, rows)
    ring_for_work(QUEUE, len(rows))


def queue_mails(ended: QuerySet[JobRun]) -> None:
    """Do the same for all of these runs."""
    for run in ended.filter(notify__isnull=False).only(
        "execution_id", "handler", "notify"
    ):
        queue_mail(run)


def whom_to_tell(job: ScheduledJob, person: Any, told: Iterable[str]) -> list[str]:
    """Return who is told of the end of a run that somebody triggered.

    The person's address is read now: later the account may be gone.
    """
    asked = [address_of(person)] if job.mail_requester else []
    return list(dict.fromkeys([*(job.mail_to or []), *told, *filter(None, asked)]))


def address_of(person: Any) -> str:
    """Return the e-mail address of a Django user; empty without a usable one."""
    find_field = getattr(person, "get_email_field_name", None)
    address = getattr(person, find_field(), None) if find_field else None
    return str(address) if is_address(address) else ""


def _usable(notify: object) -> list[str]:
    """Return the addresses in what a column holds, whatever somebody wrote there."""
    found = notify if isinstance(notify, list) else []
    return [each for each in found if is_address(each)][:MOST_ADDRESSES]
