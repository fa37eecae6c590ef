"""Jobs -> each with its answers and its grade, the worst first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cronmgmt.errors import UnknownJob, shorten
from cronmgmt.models import ScheduledJob
from cronmgmt.queries.audit.boxes import (
    BOXES,
    answer_for_job,
    answer_for_site,
    of_site,
)
from cronmgmt.queries.audit.facts import JobFacts, SiteFacts, job_facts, site_facts
from cronmgmt.queries.audit.verdicts import Answer, Box, Verdict, Who

GRADES = (("A", 90), ("B", 75), ("C", 60), ("D", 40), ("F", 0))
"""The letters, each with the least percentage that it takes."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A box with the answer that was given to it."""

    box: Box
    answer: Answer

    @property
    def is_open(self) -> bool:
        """Whether it applies and is not ticked."""
        return self.answer.verdict in (Verdict.FAIL, Verdict.PERSON)

    def as_json(self) -> dict[str, Any]:
        """Return what programs are told of it."""
        return {
            "id": self.box.id,
            "title": str(self.box.title),
            "who": str(self.box.who),
            "weight": self.box.weight,
            "verdict": str(self.answer.verdict),
            "sentence": self.answer.sentence,
        }


class Counted:
    """Answers that can be counted and graded."""

    answers: Sequence[Answered]

    def count(self, verdict: Verdict) -> int:
        """Return how many boxes have this verdict."""
        return sum(each.answer.verdict == verdict for each in self.answers)

    @property
    def percent(self) -> int:
        """The weight of the ticked boxes in that of those which apply, rounded down."""
        counts = [each for each in self.answers if each.answer.verdict != Verdict.NONE]
        total = sum(each.box.weight for each in counts)
        ticked = sum(each.box.weight for each in counts if not each.is_open)
        return ticked * 100 // total if total else 100

    @property
    def grade(self) -> str:
        """The letter of the percentage: A to F."""
        return next(letter for letter, least in GRADES if self.percent >= least)

    @property
    def open(self) -> list[Answered]:
        """What is not ticked, the worst first: failures, then the heaviest."""
        found = [each for each in self.answers if each.is_open]
        return sorted(found, key=_badness)


def _badness(each: Answered) -> tuple[bool, int]:
    return (each.answer.verdict != Verdict.FAIL, -each.box.weight)


@dataclass(frozen=True)
class AuditedJob(Counted):
    """A job with the answers to all boxes."""

    job: ScheduledJob
    answers: Sequence[Answered]

    def worst(self, most: int) -> list[Answered]:
        """Return what is open and the job's own to answer, the worst first.

        Of boxes that are open for one reason only the first.
        """
        found: dict[str, Answered] = {}
        for each in self.open:
            if each.box.who == Who.JOB:
                found.setdefault(each.answer.sentence, each)
        return list(found.values())[:most]


@dataclass(frozen=True)
class AuditedSite(Counted):
    """The answers that are the same for all jobs of a site."""

    answers: Sequence[Answered]


@dataclass(frozen=True, slots=True)
class Audit:
    """What the checklist says: of the site, and of each job, the worst first."""

    site: AuditedSite
    jobs: list[AuditedJob]


def audit(names: Collection[str] = ()) -> Audit:
    """Go through the checklist for these jobs, or for all in service.

    At most three statements, however many jobs there are. Raises UnknownJob.
    """
    chosen = {"name__in": names} if names else {"retired_at": None}
    rows = ScheduledJob.objects.filter(**chosen).order_by("name")
    facts = site_facts()
    site = AuditedSite(_answers_of(facts))
    found = [_audited(each, site) for each in job_facts(rows, facts)]
    if names:
        # MariaDB finds ``Job`` for ``job``.
        found = [each for each in found if each.job.name in names]
    for name in set(names) - {each.job.name for each in found}:
        raise UnknownJob(_("There is no job {name!r}.").format(name=shorten(name)))
    return Audit(site, sorted(found, key=lambda each: (each.percent, each.job.name)))


def _answers_of(site: SiteFacts) -> list[Answered]:
    return [Answered(box, answer_for_site(box, site)) for box in of_site()]


def _audited(facts: JobFacts, site: AuditedSite) -> AuditedJob:
    known = {each.box.id: each for each in site.answers}
    answers = [
        known.get(box.id) or Answered(box, answer_for_job(box, facts)) for box in BOXES
    ]
    return AuditedJob(facts.job, answers)
