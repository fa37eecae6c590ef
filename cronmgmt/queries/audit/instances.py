"""Section 3.7: several machines."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt.conf import conf
from cronmgmt.queries.audit.facts import JobFacts, SiteFacts
from cronmgmt.queries.audit.verdicts import (
    CRITICAL,
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


def named(site: SiteFacts) -> Answer:
    """Logs and history name the machine."""
    sentence = _("Each run and its log lines name the instance, such as %(instance)s.")
    return passed(sentence % {"instance": conf.instance})


def failover(site: SiteFacts) -> Answer:
    """Somebody else schedules when one is gone."""
    schedulers = [node for node in site.nodes if node.scheduling_since or node.is_tick]
    machines = {node.instance for node in schedulers if not node.is_tick}
    if len(machines) > 1 or (machines and len(schedulers) > len(machines)):
        sentence = _("Schedulers race, and the database decides; alive: %(count)d.")
        return passed(sentence % {"count": len(schedulers)})
    if machines:
        return failed(
            _("Only %(instance)s schedules now: start a node on another machine.")
            % {"instance": min(machines)}
        )
    if schedulers:
        sentence = _(
            "Only ticks keep this going; what if none come, a person must say."
        )
        return unknown(sentence)
    return unknown(
        _("No node has reported within the last minute: ask where the site runs.")
    )


def uncontended(facts: JobFacts) -> Answer:
    """Jobs do not fight for the same things."""
    job = facts.job
    if job.lock_key:
        return passed(_("The lock %(lock)s sees to it.") % {"lock": job.lock_key})
    if job.queue != "default":
        given = {"queue": job.queue}
        return passed(
            _("It is worked off on the queue %(queue)s, beside others.") % given
        )
    return unknown(
        _(
            "Whether it wants what other jobs want at the same time, a person must say; "
            "lock_key or a queue of its own keeps them apart."
        )
    )


def pooled(site: SiteFacts) -> Answer:
    """The database has connections enough."""
    if site.connection.vendor == "sqlite":
        return inapplicable(_("SQLite has no connections to run out of."))
    options = site.connection.settings_dict.get("OPTIONS") or {}
    if options.get("pool"):
        return passed(_("Django's own pool is on."))
    return unknown(
        _(
            "A worker keeps one or two connections; whether the server or a pooler has "
            "enough for all, a person must say."
        )
    )


COORDINATION = (
    Box(
        "3.7.1",
        gettext_lazy("Each time runs once"),
        Who.ENGINE,
        always(
            passed,
            gettext_lazy("The database holds one run at most of a job and a time."),
        ),
        CRITICAL,
    ),
    Box(
        "3.7.2",
        gettext_lazy("No matter which machine answers"),
        Who.ENGINE,
        always(
            passed,
            gettext_lazy("Everything is in the database; no machine keeps anything."),
        ),
    ),
    Box("3.7.3", gettext_lazy("Logs name the machine"), Who.SITE, named),
)

FAILOVER = (
    Box(
        "3.7.4",
        gettext_lazy("Another machine takes over"),
        Who.SITE,
        failover,
        IMPORTANT,
    ),
    Box(
        "3.7.5",
        gettext_lazy("A crashed machine blocks nothing"),
        Who.ENGINE,
        always(
            passed,
            gettext_lazy("Its leases run out, and its runs are recovered elsewhere."),
        ),
        IMPORTANT,
    ),
    Box(
        "3.7.6",
        gettext_lazy("Stuck machines are found"),
        Who.SITE,
        always(
            unknown,
            gettext_lazy(
                "Whether an orchestrator asks cron/health or cronmgmt status --alive, a "
                "person must say."
            ),
        ),
    ),
)

SCALING = (
    Box(
        "3.7.7",
        gettext_lazy("More workers without more schedulers"),
        Who.ENGINE,
        always(passed, gettext_lazy("A node with --no-scheduler only works.")),
    ),
    Box(
        "3.7.8",
        gettext_lazy("Jobs do not fight for the same things"),
        Who.JOB,
        uncontended,
    ),
    Box("3.7.9", gettext_lazy("Connections enough"), Who.SITE, pooled),
)

BOXES = (*COORDINATION, *FAILOVER, *SCALING)
