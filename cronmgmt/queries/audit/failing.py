"""Section 3.5: what becomes of an error, of a retry, and of work at a shutdown."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt.conf import conf
from cronmgmt.queries.audit.facts import JobFacts, SiteFacts
from cronmgmt.queries.audit.monitoring import told
from cronmgmt.queries.audit.repeating import says
from cronmgmt.queries.audit.verdicts import (
    IMPORTANT,
    Answer,
    Box,
    Who,
    always,
    failed,
    inapplicable,
    passed,
    unknown,
)
from cronmgmt.queries.policies import FIRST_WAIT, LONGEST_WAIT, span
from cronmgmt.telemetry.logs import JsonFormatter, logger

PROGRESS = ("progress", "items_processed")
TOLD_APART = ("NonRetryable", "Retry")


def logged(site: SiteFacts) -> Answer:
    """An error is logged with all that belongs to it."""
    found = list(_formatters(logger))
    if not found or not logger.isEnabledFor(logging.ERROR):
        return failed(_("The logger cronmgmt.runs writes nowhere: name it in LOGGING."))
    if any(isinstance(each, JsonFormatter) for each in found):
        return passed(_("A line of JSON has job, execution id, instance and stack."))
    if all(type(each) in (logging.Formatter, type(None)) for each in found):
        return failed(
            _(
                "The stack and the execution id are on record, but in no log: use "
                "cronmgmt.telemetry.logs.JsonFormatter in LOGGING."
            )
        )
    return unknown(
        _(
            "Whether the site's own formatter writes execution id and stack, a person "
            "must say; cronmgmt.telemetry.logs.JsonFormatter does."
        )
    )


def _formatters(each: logging.Logger | None) -> Iterator[logging.Formatter | None]:
    while each:
        yield from (handler.formatter for handler in each.handlers)
        each = each.parent if each.propagate else None


def progress(facts: JobFacts) -> Answer:
    """How far it came is known."""
    if facts.items is not None:
        sentence = _("Its last run said how many items it did: %(count)d.")
        return passed(sentence % {"count": facts.items})
    if found := facts.mentions(PROGRESS):
        return says(*found)
    return failed(_("It does not say how far it is: call run.progress(done, total)."))


def attempts(facts: JobFacts) -> Answer:
    """There is a largest number of attempts."""
    sentence = _("Attempts at most: %(count)d.")
    return passed(sentence % {"count": facts.job.max_attempts})


def backoff(facts: JobFacts) -> Answer:
    """The waits between attempts grow."""
    job = facts.job
    if job.max_attempts <= 1:
        return _untried()
    first = job.backoff or FIRST_WAIT
    ceiling = job.backoff_ceiling or max(LONGEST_WAIT, first)
    sentence = _("%(first)s at first, doubled each time up to %(most)s.")
    return passed(sentence % {"first": span(first), "most": span(ceiling)})


def told_apart(facts: JobFacts) -> Answer:
    """What a retry cannot mend is not tried again."""
    if facts.job.max_attempts <= 1:
        return _untried()
    if facts.job.retry_on:
        return passed(_("retry_on names what is tried again."))
    if found := facts.mentions(TOLD_APART):
        return says(*found)
    return failed(_("Every error is tried again: set retry_on, or raise NonRetryable."))


def _untried() -> Answer:
    return inapplicable(_("It is not tried again."))


def letters(facts: JobFacts) -> Answer:
    """What failed for good waits for somebody."""
    sentence = _(
        "What failed stays listed for %(span)s, to be looked at and run again."
    )
    return passed(sentence % {"span": span(facts.job.keeping.failures)})


def grace(site: SiteFacts) -> Answer:
    """SIGTERM lets work end."""
    sentence = _("After SIGTERM work has %(span)s to end; then it is handed back.")
    return passed(sentence % {"span": span(conf.SHUTDOWN_GRACE)})


ERRORS = (
    Box(
        "3.5.1",
        gettext_lazy("No error goes uncaught"),
        Who.ENGINE,
        always(
            passed,
            gettext_lazy(
                "Whatever a handler raises ends its attempt, is recorded, and stops "
                "nothing else."
            ),
        ),
        IMPORTANT,
    ),
    Box("3.5.2", gettext_lazy("Errors are logged with context"), Who.SITE, logged),
    Box("3.5.3", gettext_lazy("Errors alert somebody"), Who.JOB, told, IMPORTANT),
    Box("3.5.4", gettext_lazy("How far it came is known"), Who.JOB, progress),
)

RETRIES = (
    Box("3.5.5", gettext_lazy("A largest number of attempts"), Who.JOB, attempts),
    Box("3.5.6", gettext_lazy("Growing waits between attempts"), Who.JOB, backoff),
    Box("3.5.7", gettext_lazy("Errors for good are told apart"), Who.JOB, told_apart),
    Box("3.5.8", gettext_lazy("What failed waits for review"), Who.JOB, letters),
)

SHUTDOWN = (
    Box("3.5.9", gettext_lazy("SIGTERM lets work end"), Who.SITE, grace),
    Box(
        "3.5.10",
        gettext_lazy("What is under way is on record"),
        Who.ENGINE,
        always(
            passed,
            gettext_lazy(
                "Start, progress and checkpoint of a run are rows, from which another "
                "worker goes on."
            ),
        ),
    ),
    Box(
        "3.5.11",
        gettext_lazy("A shutdown frees locks"),
        Who.ENGINE,
        always(
            passed,
            gettext_lazy("Handing a run back frees its lock in the same transaction."),
        ),
    ),
)

BOXES = (*ERRORS, *RETRIES, *SHUTDOWN)
