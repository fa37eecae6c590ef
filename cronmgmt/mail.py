"""A run that ended, and an address -> the message that tells of it."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse

from cronmgmt import queries
from cronmgmt.actors import Actor
from cronmgmt.conf import conf
from cronmgmt.models import JobRun, Status

TEMPLATES = "cronmgmt/mail/ended"
LONGEST_SUBJECT = 200


def message_about(run: JobRun, address: str) -> EmailMultiAlternatives:
    """Return what ``address`` is told of the end of ``run``: text, and the same in HTML.

    A site overrides ``cronmgmt/mail/ended.txt``, ``ended.html`` and
    ``ended_subject.txt``.
    """
    context = _context(run, address)
    subject = render_to_string(f"{TEMPLATES}_subject.txt", context)
    message = EmailMultiAlternatives(
        # A header is one line, whatever is in a job's title.
        " ".join(subject.split())[:LONGEST_SUBJECT],
        render_to_string(f"{TEMPLATES}.txt", context),
        to=[address],
        # No answering machine answers to it.
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(
        render_to_string(f"{TEMPLATES}.html", context), "text/html"
    )
    return message


def _context(run: JobRun, address: str) -> dict[str, Any]:
    allowed = may_read_errors(run, address)
    succeeded = run.status == Status.SUCCEEDED
    return {
        "run": run,
        "job": " ".join(str(run.job or run.job_name).split()),
        "service": conf.SERVICE,
        "succeeded": succeeded,
        "outcome": run.get_status_display(),
        "reason": queries.shown_reason(run, allowed=allowed),
        "error": queries.shown_error(run.error_message, allowed=allowed),
        "url": url_of(run),
    }


def url_of(run: JobRun) -> str:
    """Return the address of the run's page; empty if the site's own is not set."""
    if not conf.SITE_URL:
        return ""
    try:
        path = reverse("cronmgmt:run", args=[run.execution_id])
    except NoReverseMatch:
        return ""
    return f"{conf.SITE_URL.rstrip('/')}{path}"


def may_read_errors(run: JobRun, address: str) -> bool:
    """Return whether whoever has this address may read the errors of the run.

    That is so if the site knows somebody by it, and all whom it knows by it may.
    """
    people = [each for each in _people(address) if each.is_active]
    actors = [Actor(each.get_username(), "mail", each) for each in people]
    allowed = [
        each.may("view_error_jobrun", run.job_id) and each.sees_run(run)
        for each in actors
    ]
    return bool(allowed) and all(allowed)


def _people(address: str) -> list[Any]:
    if not apps.is_installed("django.contrib.auth"):
        return []
    model: Any = get_user_model()
    column = model.get_email_field_name()
    try:
        model._meta.get_field(column)
    except FieldDoesNotExist:
        return []
    return list(model._default_manager.filter(**{column: address}))
