"""The table of all boxes, in the document's order, and what a person answered."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt.conf import conf
from cronmgmt.errors import shorten
from cronmgmt.models import ScheduledJob
from cronmgmt.queries.audit import (
    definition,
    failing,
    instances,
    locking,
    monitoring,
    processes,
    repeating,
)
from cronmgmt.queries.audit.facts import JobFacts, SiteFacts
from cronmgmt.queries.audit.verdicts import (
    Answer,
    Box,
    Text,
    Verdict,
    Who,
    failed,
    passed,
)

SECTIONS: dict[str, Text] = {
    "3.1": gettext_lazy("What the job is"),
    "3.2": gettext_lazy("Locks"),
    "3.3": gettext_lazy("Monitoring"),
    "3.4": gettext_lazy("Running twice"),
    "3.5": gettext_lazy("Errors"),
    "3.6": gettext_lazy("Processes"),
    "3.7": gettext_lazy("Several machines"),
}
"""The document's sections."""

BOXES: tuple[Box, ...] = (
    *definition.BOXES,
    *locking.BOXES,
    *monitoring.BOXES,
    *repeating.BOXES,
    *failing.BOXES,
    *processes.BOXES,
    *instances.BOXES,
)

TAG = "audit:"
"""A job's tag ``audit:3.4.5`` says that a person ticks that box of it."""


def answer_for_site(box: Box, site: SiteFacts) -> Answer:
    """Return the answer to a box that is the same for all jobs."""
    return _or_by_setting(box, box.rule(site))


def answer_for_job(box: Box, facts: JobFacts) -> Answer:
    """Return the answer to a box that a job gives."""
    try:
        answer = box.rule(facts)
    except Exception as error:
        # Whatever a row edited by hand holds, the other boxes and jobs are answered.
        given = {"error": shorten(error)}
        return failed(_("The job's row cannot be read: %(error)s.") % given)
    if answer.verdict == Verdict.PERSON and _is_tagged(facts.job, box.id):
        return passed(_("Somebody says so: the tag %(tag)s.") % {"tag": TAG + box.id})
    return _or_by_setting(box, answer)


def _is_tagged(job: ScheduledJob, box: str) -> bool:
    return isinstance(job.tags, list) and TAG + box in job.tags


def _or_by_setting(box: Box, answer: Answer) -> Answer:
    """Take the site's word for what nothing but a person can know."""
    if answer.verdict != Verdict.PERSON:
        return answer
    said = conf.AUDITED.get(box.id) if isinstance(conf.AUDITED, dict) else None
    if not said:
        return answer
    return passed(_("The site says so: %(said)s") % {"said": said})


def of_site() -> list[Box]:
    """Return the boxes that are answered once for all jobs."""
    return [box for box in BOXES if box.who != Who.JOB]
