"""Section 3.6: the scheduler's library, its memory and its processes.

The document has Node.js in mind; what it asks for is asked of Python here.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import django
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt.conf import VERSION, conf
from cronmgmt.queries.audit.facts import JobFacts, SiteFacts
from cronmgmt.queries.audit.monitoring import told
from cronmgmt.queries.audit.repeating import says
from cronmgmt.queries.audit.verdicts import (
    IMPORTANT,
    Answer,
    Box,
    Verdict,
    Who,
    always,
    failed,
    inapplicable,
    passed,
    unknown,
)
from cronmgmt.queries.policies import span

STREAMS = ("iterator", "aiterator", "fetchmany", "islice", "batched")


def library(site: SiteFacts) -> Answer:
    """The library is fit for production."""
    sentence = _("Whether cronmgmt %(version)s is fit for you, a person must say.")
    return unknown(sentence % {"version": VERSION})


def current(site: SiteFacts) -> Answer:
    """The versions are current."""
    try:
        django_q = version("django-q2")
    except PackageNotFoundError:
        django_q = "–"
    sentence = _(
        "Whether these have known holes, a person must say (pip-audit tells): cronmgmt "
        "%(ours)s, Django %(django)s, django-q2 %(django_q)s."
    )
    given = {"ours": VERSION, "django": django.get_version(), "django_q": django_q}
    return unknown(sentence % given)


def persists(site: SiteFacts) -> Answer:
    """Jobs survive a restart."""
    name = str(site.connection.settings_dict.get("NAME", ""))
    if site.connection.vendor == "sqlite" and "memory" in name:
        return failed(_("The database is in memory: choose one that stays."))
    sentence = _("Jobs and runs are rows of %(database)s.")
    return passed(sentence % {"database": site.connection.display_name})


def streams(facts: JobFacts) -> Answer:
    """Large data is not read at once."""
    if found := facts.mentions(STREAMS):
        return says(*found)
    return unknown(
        _(
            "Whether it reads large data piece by piece, a person must say; iterator() "
            "does so."
        )
    )


def watched(facts: JobFacts) -> Answer:
    """Too much memory is noticed, and told."""
    if not facts.job.memory_limit:
        sentence = _(
            "Each run's peak is on record, but not what is too much: set memory_limit."
        )
        return failed(sentence)
    hears = told(facts)
    if hears.verdict != Verdict.PASS:
        return hears
    sentence = _("A run of more than %(count)d MB fails, and that is told.")
    return passed(sentence % {"count": facts.job.memory_limit})


def killed(facts: JobFacts) -> Answer:
    """A hung process is ended."""
    if not (facts.job.timeout or conf.TIMEOUT):
        return failed(_("Nothing ends a run that hangs: set timeout."))
    sentence = _("%(span)s after its time-out its process is ended, whatever it does.")
    return passed(sentence % {"span": span(conf.INTERRUPT_GRACE)})


BOXES = (
    Box("3.6.1", gettext_lazy("A library fit for production"), Who.SITE, library),
    Box("3.6.2", gettext_lazy("Versions without known holes"), Who.SITE, current),
    Box("3.6.3", gettext_lazy("Jobs survive a restart"), Who.SITE, persists, IMPORTANT),
    Box("3.6.4", gettext_lazy("Large data is read piece by piece"), Who.JOB, streams),
    Box("3.6.5", gettext_lazy("Too much memory is told"), Who.JOB, watched),
    Box(
        "3.6.6",
        gettext_lazy("Long loops let others work"),
        Who.ENGINE,
        always(
            inapplicable,
            gettext_lazy(
                "It is about an event loop that all share; here each run has its "
                "process to itself."
            ),
        ),
    ),
    Box(
        "3.6.7",
        gettext_lazy("Jobs run in workers of their own"),
        Who.ENGINE,
        always(passed, gettext_lazy("No job runs in a web process or the scheduler.")),
    ),
    Box(
        "3.6.8",
        gettext_lazy("Heavy computing does not hold up the scheduler"),
        Who.ENGINE,
        always(passed, gettext_lazy("The scheduler is a process without any handler.")),
    ),
    Box("3.6.9", gettext_lazy("A hung process is ended"), Who.JOB, killed, IMPORTANT),
)
