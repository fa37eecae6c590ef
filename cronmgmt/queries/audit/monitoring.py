"""Section 3.3: who hears of a run, and where it can be seen."""

from __future__ import annotations

from typing import Any

from django.dispatch import Signal
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cronmgmt import signals
from cronmgmt.conf import conf
from cronmgmt.queries.audit.facts import JobFacts
from cronmgmt.queries.audit.verdicts import (
    IMPORTANT,
    Answer,
    Box,
    Rule,
    Text,
    Who,
    always,
    failed,
    passed,
    unknown,
)

UNSENT = ("console", "dummy", "filebased", "locmem")
"""Django's own mail backends that reach nobody."""


def pings(signal: Signal, name: str) -> Rule:
    """Return the rule for a ping that only the site's own code could send."""

    def rule(site: Any) -> Answer:
        if _is_heard(signal):
            sentence = _(
                "The site listens to %(signal)s; whether it sends a ping, a person "
                "must say."
            )
            return unknown(sentence % {"signal": name})
        sentence = _(
            "No ping is sent: there are none yet. Send your own from "
            "cronmgmt.signals.%(signal)s."
        )
        return failed(sentence % {"signal": name})

    return rule


def _is_heard(signal: Signal) -> bool:
    """Return whether the site's own code listens; this package's has names like it."""
    keys = [key for key, *rest in signal.receivers]
    return any(not str(key[0]).startswith("cronmgmt.") for key in keys)


def told(facts: JobFacts) -> Answer:
    """Somebody is told of a failure."""
    addresses = facts.job.mail_to if isinstance(facts.job.mail_to, list) else []
    backend = str(facts.site.settings.get("EMAIL_BACKEND", ""))
    if addresses and backend.rpartition("backends.")[2].split(".")[0] in UNSENT:
        sentence = _(
            "mail_to is set, but the EMAIL_BACKEND %(backend)s reaches nobody."
        )
        return failed(sentence % {"backend": backend})
    if addresses:
        sentence = ngettext(
            "One address is told of the end of every run.",
            "%(count)d addresses are told of the end of every run.",
            len(addresses),
        )
        return passed(sentence % {"count": len(addresses)})
    if _is_heard(signals.run_finished):
        sentence = _(
            "The site listens to %(signal)s; whether anybody is told, a person must say."
        )
        return unknown(sentence % {"signal": "run_finished"})
    return failed(_("Nobody is told: set mail_to."))


def shown(sentence: Text) -> Rule:
    """Return the rule for what the dashboard shows, if the site has it."""
    return lambda site: passed(sentence) if site.has_dashboard else _unseen()


def failure_rate(facts: JobFacts) -> Answer:
    """The share that fails is held against an aim."""
    if not facts.site.has_dashboard:
        return _unseen()
    own = facts.job.failure_aim
    given = {"aim": f"{(conf.FAILURE_AIM if own is None else own) * 100:g}"}
    sentence = _("Its page holds the share that failed against an aim of %(aim)s %%.")
    return passed(sentence % given)


def _unseen() -> Answer:
    return failed(_("The dashboard has no URL: include cronmgmt.urls in yours."))


SIGNALS = (
    Box(
        "3.3.1",
        gettext_lazy("A ping when it starts"),
        Who.SITE,
        pings(signals.run_started, "run_started"),
    ),
    Box(
        "3.3.2",
        gettext_lazy("A ping when it has succeeded"),
        Who.SITE,
        pings(signals.run_finished, "run_finished"),
        IMPORTANT,
    ),
    Box("3.3.3", gettext_lazy("A message when it fails"), Who.JOB, told, IMPORTANT),
    Box(
        "3.3.4",
        gettext_lazy("A grace for the pings"),
        Who.ENGINE,
        always(
            failed,
            gettext_lazy(
                "No monitor is told of schedule and grace: there are no pings yet. Set "
                "both in the monitor that you ping yourself."
            ),
        ),
    ),
    Box(
        "3.3.5",
        gettext_lazy("Watched from elsewhere"),
        Who.SITE,
        always(
            unknown,
            gettext_lazy(
                "Whether something outside asks cron/health or api/jobs/status, a "
                "person must say."
            ),
        ),
    ),
)

ALERTS = (
    Box(
        "3.3.6",
        gettext_lazy("An alert for a missed time"),
        Who.ENGINE,
        always(
            failed,
            gettext_lazy(
                "What was missed is on record and under Attention, but nobody is "
                "alerted: look there daily."
            ),
        ),
        IMPORTANT,
    ),
    Box("3.3.7", gettext_lazy("An alert for a failure"), Who.JOB, told, IMPORTANT),
    Box(
        "3.3.8",
        gettext_lazy("An alert for a run that is slower than usual"),
        Who.ENGINE,
        always(
            failed,
            gettext_lazy(
                "The dashboard marks it, but nobody is alerted: there are no alerts yet. "
                "Look there."
            ),
        ),
    ),
    Box(
        "3.3.9",
        gettext_lazy("Alerts reach the right team"),
        Who.ENGINE,
        always(
            failed,
            gettext_lazy(
                "There is no routing yet: give each job the mail_to of its team."
            ),
        ),
    ),
    Box(
        "3.3.10",
        gettext_lazy("An alert that nobody takes goes further"),
        Who.ENGINE,
        always(
            failed,
            gettext_lazy(
                "There is no acknowledgement and no escalation yet: have another system "
                "do it."
            ),
        ),
    ),
)

PAGES = (
    Box(
        "3.3.11",
        gettext_lazy("The history is to be seen"),
        Who.SITE,
        shown(gettext_lazy("A job's page lists its runs and what did not run.")),
    ),
    Box(
        "3.3.12",
        gettext_lazy("How long runs take, over time"),
        Who.SITE,
        shown(gettext_lazy("A job's page draws how long its latest runs took.")),
    ),
    Box("3.3.13", gettext_lazy("How many runs fail"), Who.JOB, failure_rate),
    Box(
        "3.3.14",
        gettext_lazy("All jobs side by side"),
        Who.SITE,
        shown(gettext_lazy("The first page lists all jobs with their latest runs.")),
    ),
)

BOXES = (*SIGNALS, *ALERTS, *PAGES)
