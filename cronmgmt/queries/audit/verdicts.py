"""What a box of the checklist is, and what may be said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

Text = str | Promise


class Verdict(StrEnum):
    """What a box comes to. Only ``pass`` is a tick; ``none`` does not count at all."""

    PASS = "pass"
    FAIL = "fail"
    PERSON = "person"  # Nothing here can know: somebody has to say.
    NONE = "none"  # It does not apply.


class Who(StrEnum):
    """Where the answer to a box comes from."""

    ENGINE = "engine"  # the same for every job, wherever this package runs
    SITE = "site"  # settings and processes of this site
    JOB = "job"  # declaration, policies, code and record of one job


LABELS: dict[str, Text] = {
    Verdict.PASS: gettext_lazy("pass"),
    Verdict.FAIL: gettext_lazy("fail"),
    Verdict.PERSON: gettext_lazy("to be answered by a person"),
    Verdict.NONE: gettext_lazy("not applicable"),
}

USUAL, IMPORTANT, CRITICAL = 1, 2, 3
"""How much a box weighs: critical is what the checklist itself calls P0."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict and one sentence: why, and for a fail what to do."""

    verdict: Verdict
    sentence: str


Rule = Callable[[Any], Answer]
"""Of a box that the job answers it takes JobFacts, of any other SiteFacts."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the checklist: ``3.2.4`` is the fourth of the document's section 3.2."""

    id: str
    title: Text
    who: Who
    rule: Rule
    weight: int = USUAL

    @property
    def section(self) -> str:
        """The section of the document: ``3.2``."""
        return self.id.rpartition(".")[0]


def passed(sentence: Text) -> Answer:
    return Answer(Verdict.PASS, str(sentence))


def failed(sentence: Text) -> Answer:
    return Answer(Verdict.FAIL, str(sentence))


def unknown(sentence: Text) -> Answer:
    """Answer that only a person can know."""
    return Answer(Verdict.PERSON, str(sentence))


def inapplicable(sentence: Text) -> Answer:
    return Answer(Verdict.NONE, str(sentence))


def always(answer: Callable[[Text], Answer], sentence: Text) -> Rule:
    """Return the rule of a box that is the same for every job of every site."""
    return lambda _: answer(sentence)
