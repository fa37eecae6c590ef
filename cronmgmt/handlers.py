"""Handlers that come with the package: a command, a request, housekeeping."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Iterable
from typing import Any, Literal

from django.core.management import call_command

from cronmgmt import queries
from cronmgmt.conf import conf
from cronmgmt.engine import retention
from cronmgmt.engine.backlog import waiting_queues
from cronmgmt.engine.context import Run
from cronmgmt.engine.mailing import MAIL
from cronmgmt.engine.mailing import POLICIES as OF_MAIL
from cronmgmt.engine.rings import ring
from cronmgmt.errors import NonRetryable
from cronmgmt.mail import message_about
from cronmgmt.outbound import Answer, HostRefused, fetch
from cronmgmt.parameters import Secret
from cronmgmt.registry import handler
from cronmgmt.telemetry.redaction import looks_secret

RETRYABLE = {408, 425, 429, 500, 502, 503, 504}
"""HTTP statuses after which another attempt may well succeed."""


@handler("cronmgmt:command")
def management_command(run: Run, command: str, arguments: list[str] = []) -> None:  # noqa: B006
    """Run a management command that ``CRONMGMT["COMMANDS"]`` allows.

    What it prints is the run's log; a CommandError or an exit status other than zero
    fails the run.
    """
    if command not in conf.COMMANDS:
        allowed = ", ".join(conf.COMMANDS) or "none"
        raise NonRetryable(
            f"The command {command!r} is not allowed: add it to CRONMGMT['COMMANDS'] "
            f"(allowed: {allowed})."
        )
    try:
        call_command(command, *arguments)
    except SystemExit as end:
        if end.code not in (None, 0):
            raise RuntimeError(f"{command} ended with exit status {end.code}.") from end


@handler("cronmgmt:http")
def http_request(
    run: Run,
    url: str,
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"] = "GET",
    headers: dict[str, str] = {},  # noqa: B006
    body: str = "",
    token: Secret[str] | None = None,
    seconds: int = 30,
    expect: list[int] = [],  # noqa: B006
) -> dict[str, Any]:
    """Send a request to a host that ``CRONMGMT["HTTP_HOSTS"]`` allows.

    ``token`` is sent as a bearer token. Status and body are on record; a status of
    400 and above, or one that is not in ``expect``, fails the run.
    """
    started = time.monotonic()
    try:
        sent = _headers(headers, token)
        answer = fetch(url, method=method, headers=sent, body=body, timeout=seconds)
    except (HostRefused, ValueError) as refusal:
        raise NonRetryable(str(refusal)) from refusal
    run.log(f"{method} {url}: {answer.status}\n{answer.body}")
    _fail_unless_good(url, answer, expect)
    return {
        "status": answer.status,
        "body": answer.body[:10_000],
        "seconds": round(time.monotonic() - started, 3),
    }


def _headers(headers: dict[str, str], token: Secret[str] | None) -> dict[str, str]:
    sent = {str(name): str(value) for name, value in headers.items()}
    if exposed := [name for name in sent if looks_secret(name.replace("-", "_"))]:
        raise ValueError(
            f"The header {exposed[0]} would be stored in plain sight: use token."
        )
    if token is not None:
        sent["Authorization"] = f"Bearer {token.value}"
    return sent


def _fail_unless_good(url: str, answer: Answer, expect: list[int]) -> None:
    if answer.status in expect if expect else answer.status < 400:
        return
    message = f"{url} answered {answer.status}: {answer.body[:500]}"
    raise RuntimeError(message) if answer.status in RETRYABLE else NonRetryable(message)


@handler("cronmgmt:process-pending")
def process_pending(run: Run) -> dict[str, list[str]]:
    """Ring for every queue whose work waits; workers take it as soon as they can."""
    queues = waiting_queues()
    for queue in queues:
        ring(queue)
    return {"queues": queues}


@handler("cronmgmt:prune")
def prune_history(run: Run) -> dict[str, int]:
    """Delete the runs that are past their job's retention, in small batches."""
    pruning = retention.Pruning()
    while pruning.go_on():
        run.progress(pruning.runs.total())
        time.sleep(retention.MOMENT)
    return {"deleted": pruning.runs.total(), **pruning.rest}


@handler(MAIL, **OF_MAIL)
def send_mail(run: Run, about: str, to: str) -> None:
    """Tell ``to`` by mail that the run ``about`` ended, through Django's own mail.

    A server that is away or asks to come later is tried again, over about an hour;
    what it refuses for good is not.
    """
    found = queries.run(about)
    if found is None:
        raise NonRetryable(f"Run {about} is not kept any more.")
    try:
        message_about(found, to).send()
    except ValueError as error:  # A line break in a header.
        raise NonRetryable(f"{to!r} is no address: {error}") from error
    except smtplib.SMTPRecipientsRefused as error:
        _give_up_if_for_good(code for code, _ in error.recipients.values())
        raise
    except smtplib.SMTPAuthenticationError:
        raise  # Somebody may correct the password.
    except smtplib.SMTPResponseException as error:
        _give_up_if_for_good([error.smtp_code])
        raise
    run.log(f"Sent to {to}.")


def _give_up_if_for_good(codes: Iterable[int]) -> None:
    """Raise NonRetryable if a mail server would answer the same again."""
    if all(500 <= code < 600 for code in codes):
        raise NonRetryable("The mail server refuses it for good.")
