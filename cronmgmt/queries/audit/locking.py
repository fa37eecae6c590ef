"""Section 3.2: what keeps two runs of a job apart, and what if that fails."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt.conf import conf
from cronmgmt.models import ScheduledJob
from cronmgmt.queries.audit.facts import JobFacts, SiteFacts
from cronmgmt.queries.audit.verdicts import (
    CRITICAL,
    IMPORTANT,
    Answer,
    Box,
    Text,
    Who,
    always,
    failed,
    inapplicable,
    passed,
)
from cronmgmt.queries.policies import span

ALLOW = ScheduledJob.Overlap.ALLOW
HELD: dict[str, Text] = {
    "skip": gettext_lazy("While a run is unfinished, another is skipped."),
    "wait": gettext_lazy(
        "While a run is unfinished, the next one waits until it has ended."
    ),
    "replace": gettext_lazy("A new run cancels the earlier one and takes its place."),
}


def is_apart(facts: JobFacts) -> bool:
    """Return whether anything limits how many runs of the job go on at once."""
    job = facts.job
    return bool(job.overlap != ALLOW or job.lock_key or job.concurrency)


def before(facts: JobFacts) -> Answer:
    """No run starts without the lock."""
    job = facts.job
    if job.lock_key or job.concurrency:
        sentence = _("A run starts only while fewer than %(count)d hold its lock.")
        return passed(sentence % {"count": job.concurrency or 1})
    if is_apart(facts):
        return passed(_("One run at a time: a constraint of the database."))
    return failed(
        _(
            "Its runs go side by side without a lock: set overlap, lock_key or "
            "concurrency."
        )
    )


def key(facts: JobFacts) -> Answer:
    """Jobs do not take each other's locks by accident."""
    if facts.job.lock_key:
        sentence = _("It names the lock %(lock)s; only jobs that name it share it.")
        return passed(sentence % {"lock": facts.job.lock_key})
    return passed(_("What keeps its runs apart is the job's own."))


def lease(site: SiteFacts) -> Answer:
    """The lock lives longer than the run."""
    given = {"beat": span(conf.BEAT)}
    if conf.LEASE is not None and conf.LEASE < 3 * conf.BEAT:
        sentence = _("LEASE is over before it is extended: at least three times BEAT.")
        return failed(sentence)
    sentence = _("A lease has no longest run: it is extended every %(beat)s.")
    return passed(sentence % given)


def held(facts: JobFacts) -> Answer:
    """It is defined what happens when the lock is held."""
    if facts.job.overlap in HELD:
        return passed(HELD[facts.job.overlap])
    if is_apart(facts):
        return passed(_("A run whose lock is held waits until it is free."))
    return inapplicable(_("It takes no lock."))


BOXES = (
    Box("3.2.1", gettext_lazy("No run without its lock"), Who.JOB, before, CRITICAL),
    Box("3.2.2", gettext_lazy("A lock of its own"), Who.JOB, key),
    Box("3.2.3", gettext_lazy("The lock outlasts the run"), Who.SITE, lease, IMPORTANT),
    Box(
        "3.2.4",
        gettext_lazy("The lock is freed whatever happens"),
        Who.ENGINE,
        always(
            passed,
            gettext_lazy(
                "The transaction that ends a run frees its lock; after a crash the one "
                "that recovers it does."
            ),
        ),
        IMPORTANT,
    ),
    Box(
        "3.2.5",
        gettext_lazy("The lock is extended during long runs"),
        Who.ENGINE,
        always(
            passed,
            gettext_lazy("A second thread of the worker extends the lease."),
        ),
    ),
    Box("3.2.6", gettext_lazy("A held lock is met in order"), Who.JOB, held),
    Box(
        "3.2.7",
        gettext_lazy("A lock left behind is told of"),
        Who.ENGINE,
        always(
            passed,
            gettext_lazy(
                "A node frees within seconds what no run holds any more, and logs a "
                "warning that names the run; the page System shows what waits for a lock."
            ),
        ),
    ),
    Box(
        "3.2.8",
        gettext_lazy("A lock store that is away is met in order"),
        Who.ENGINE,
        always(
            passed,
            gettext_lazy(
                "Locks are rows: Redis may be away. Without the database nothing "
                "starts, and what runs goes on for as long as its lease."
            ),
        ),
    ),
)
