"""Lines of jobs -> those that match, in order, and how many would match otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from cronmgmt.queries.summaries import STATES, Summary

FAR = datetime.max.replace(tzinfo=UTC)
NEVER = datetime.min.replace(tzinfo=UTC)

SORTS: dict[str, tuple[Callable[[Summary], Any], bool]] = {
    "name": (lambda each: each.label.casefold(), False),
    "state": (
        lambda each: (not each.attention, STATES.index(each.state), each.name),
        False,
    ),
    "last": (lambda each: each.last_started_at or NEVER, True),
    "duration": (lambda each: each.last_duration or -1.0, True),
    "next": (lambda each: each.next_run_at or FAR, False),
}
"""By what a list may be sorted, and whether the largest comes first."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody wants to see; whatever is empty does not narrow the list."""

    words: str = ""
    state: str = ""
    tags: tuple[str, ...] = ()
    owner: str = ""
    attention: bool = False
    sort: str = "name"
    backwards: bool = False

    def fits(self, line: Summary) -> bool:
        """Return whether the line is among what is wanted."""
        return (
            (not self.state or line.state == self.state)
            and (not self.owner or line.owner == self.owner)
            and (not self.attention or bool(line.attention))
            and all(tag in line.tags for tag in self.tags)
            and _holds(line, self.words)
        )


@dataclass(frozen=True, slots=True)
class Chosen:
    """The lines that match, and the numbers on what would narrow or widen the list.

    Each number counts what one would see after choosing that; a state and what asks
    for attention are one choice.
    """

    lines: list[Summary]
    total: int
    states: dict[str, int]
    attention: int
    tags: dict[str, int]
    owners: dict[str, int]


def choose(lines: list[Summary], choice: Choice) -> Chosen:
    """Return those that match ``choice``, sorted, with the numbers for its filters."""
    fitting = _fitting(lines, choice)
    any_state = _fitting(lines, replace(choice, state="", attention=False))
    any_owner = _fitting(lines, replace(choice, owner=""))
    key, falling = SORTS[choice.sort]
    # By name among equals, whichever way the list goes.
    by_name = sorted(fitting, key=lambda each: each.label.casefold())
    return Chosen(
        lines=sorted(by_name, key=key, reverse=falling != choice.backwards),
        total=len(any_state),
        states=_counted(each.state for each in any_state),
        attention=sum(bool(each.attention) for each in any_state),
        tags=_counted(tag for each in fitting for tag in each.tags),
        owners=_counted(each.owner for each in any_owner if each.owner),
    )


def _fitting(lines: list[Summary], choice: Choice) -> list[Summary]:
    return [each for each in lines if choice.fits(each)]


def _counted(values: Iterable[str]) -> dict[str, int]:
    """Return how often each value is there, the most frequent first."""
    return dict(Counter(values).most_common())


def _holds(line: Summary, words: str) -> bool:
    if not words:
        return True
    text = " ".join([line.name, line.title, line.owner, line.handler, *line.tags])
    return all(word in text.casefold() for word in words.casefold().split())
