"""Notices that are written down -> mail."""

from __future__ import annotations

from collections.abc import Callable
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.utils import timezone

from cronmgmt import Retry
from project.models import Notice

Log = Callable[[str], None]


def mail_notices(log: Log) -> int:
    """Mail every notice that was not yet, and return how many that were.

    One that cannot be mailed keeps no other waiting; it is tried again: Retry is raised.
    """
    waiting = Notice.objects.filter(sent_at=None)
    sent = failed = 0
    for notice in waiting.select_related("certification__mentor").order_by("pk"):
        try:
            message(notice).send()
        except (OSError, SMTPException) as error:
            log(f"Notice {notice.pk} could not be mailed: {error}")
            failed += 1
        else:
            # Outside any transaction: a mail server may take its time.
            waiting.filter(pk=notice.pk).update(sent_at=timezone.now())
            sent += 1
    if failed:
        raise Retry(f"{failed} notices could not be mailed; {sent} were.")
    return sent


def message(notice: Notice) -> EmailMessage:
    """Return the mail; it says which notice it is, should it ever be sent twice."""
    identity = f"<{notice.certification_id}.{notice.expires_on}.{notice.stage}@notices>"
    return EmailMessage(
        notice.subject,
        notice.body,
        to=[notice.certification.mentor.email],
        headers={"Message-ID": identity},
    )
