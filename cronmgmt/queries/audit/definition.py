"""Section 3.1: how a job is described, and within which limits it runs."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt.conf import conf
from cronmgmt.models import ScheduledJob
from cronmgmt.queries.audit.facts import JobFacts
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
from cronmgmt.queries.policies import FIRST_WAIT, span
from cronmgmt.queries.schedules import in_words
from cronmgmt.queries.wording import say_note

MB = 2**20


def words(facts: JobFacts) -> Answer:
    """The schedule is explained."""
    if facts.is_manual:
        return _unscheduled()
    if facts.schedule is None:
        return _broken()
    given = {"words": in_words(facts.job).rstrip(".")}
    return passed(_("Its pages say it in words: %(words)s.") % given)


def zone(facts: JobFacts) -> Answer:
    """The time zone is explicit."""
    if facts.is_manual:
        return _unscheduled()
    if facts.schedule is None:
        return _broken()
    return passed(_("It goes by %(zone)s.") % {"zone": facts.job.timezone})


def daylight(facts: JobFacts) -> Answer:
    """No clock change moves it."""
    if facts.is_manual:
        return _unscheduled()
    if facts.schedule is None:
        return _broken()
    if facts.job.schedule_kind != ScheduledJob.Kind.CRON:
        return inapplicable(_("Clock changes do not move what has no time of day."))
    if not facts.notes:
        return passed(_("No clock change of the coming year touches it."))
    given = {"what": say_note(facts.notes[0]).rstrip(".")}
    return failed(_("%(what)s. Choose another hour, or UTC.") % given)


def _unscheduled() -> Answer:
    return inapplicable(_("It runs only when it is triggered."))


def _broken() -> Answer:
    return failed(_("Its schedule cannot be used: correct it."))


def purpose(facts: JobFacts) -> Answer:
    """What it is for is written down."""
    if facts.job.purpose.strip():
        return passed(_("Its purpose is written down."))
    return failed(_("Nobody has written down what it is for: fill in purpose."))


def timeout(facts: JobFacts) -> Answer:
    """There is a longest time."""
    if limit := facts.job.timeout or conf.TIMEOUT:
        return passed(_("It is ended after %(span)s.") % {"span": span(limit)})
    return failed(_("It may run for ever: set timeout, or TIMEOUT for all jobs."))


def memory(facts: JobFacts) -> Answer:
    """There is a limit of memory."""
    if limit := facts.job.memory_limit:
        sentence = _("It is ended when its process uses more than %(count)d MB.")
        return passed(sentence % {"count": limit})
    if facts.peak:
        sentence = _(
            "It has no memory_limit (its last run took %(count)d MB); whether a "
            "container or the system limits its worker, a person must say."
        )
        return unknown(sentence % {"count": facts.peak // MB})
    return unknown(
        _(
            "It has no memory_limit; whether a container or the system limits its "
            "worker, a person must say."
        )
    )


def retry(facts: JobFacts) -> Answer:
    """Somebody has decided whether it is tried again."""
    job = facts.job
    if job.max_attempts > 1:
        sentence = _("It is tried up to %(count)d times, first again after %(wait)s.")
        wait = span(job.backoff or FIRST_WAIT)
        return passed(sentence % {"count": job.max_attempts, "wait": wait})
    for decided in (job.declared, job.overrides):
        if isinstance(decided, dict) and "max_attempts" in decided:
            return passed(_("It is tried once, and says so."))
    return unknown(
        _("It is tried once; whether that is meant, nobody says: set max_attempts.")
    )


def dependencies(facts: JobFacts) -> Answer:
    """What it needs is written down."""
    if facts.job.dependencies.strip():
        return passed(_("What it needs is written down."))
    return failed(
        _("Nobody has written down what it needs: fill in dependencies, or “none”.")
    )


BOXES = (
    Box(
        "3.1.1",
        gettext_lazy("A name of its own"),
        Who.ENGINE,
        always(passed, gettext_lazy("The database holds each name once.")),
    ),
    Box("3.1.2", gettext_lazy("The schedule is explained"), Who.JOB, words),
    Box("3.1.3", gettext_lazy("The time zone is explicit"), Who.JOB, zone),
    Box("3.1.4", gettext_lazy("Not at hours when clocks change"), Who.JOB, daylight),
    Box("3.1.5", gettext_lazy("The purpose is written down"), Who.JOB, purpose),
    Box("3.1.6", gettext_lazy("A time-out"), Who.JOB, timeout, IMPORTANT),
    Box("3.1.7", gettext_lazy("A limit of memory"), Who.JOB, memory),
    Box("3.1.8", gettext_lazy("A decision on retries"), Who.JOB, retry),
    Box("3.1.9", gettext_lazy("What it needs is written down"), Who.JOB, dependencies),
)
