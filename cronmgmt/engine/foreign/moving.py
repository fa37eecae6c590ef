"""What is carried of another system, what is refused, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cronmgmt import registry
from cronmgmt.engine.foreign.mapping import Handlers, Place
from cronmgmt.engine.portable.documents import Document
from cronmgmt.engine.portable.entries import Entry, Problem
from cronmgmt.errors import InvalidSchedule, shorten
from cronmgmt.parameters import describe_parameters
from cronmgmt.text import NAME_LENGTH, clean_text

UNNAMEABLE = re.compile(r"[^a-z0-9_.:-]+")


class CannotCarry(Exception):
    """Why one schedule cannot be carried: the field there, and what to do."""

    def __init__(self, field_name: str, problem: str) -> None:
        self.field = field_name
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a schedule does not say itself: the handlers, the zone, the present.

    ``broker`` is whose priorities Celery's are: ``rabbitmq`` or ``redis``.
    """

    handlers: Handlers
    timezone: str
    now: datetime
    broker: str = ""


@dataclass(slots=True)
class Moved:
    """The jobs that are carried, by name, and what becomes of the others."""

    document: Document = field(default_factory=Document)
    refused: list[Problem] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    """What the other system calls each job that is carried."""
    count_refused: int = 0
    """How many are refused; one of them may have several reasons."""

    @contextmanager
    def one(self, label: str) -> Iterator[None]:
        """Carry one schedule in the block; what it cannot do is on the list."""
        try:
            yield
        except CannotCarry as error:
            self._refuse(Problem(label, error.field, error.problem))
        except InvalidSchedule as error:
            self._refuse(Problem(label, error.field, f"{error.problem}."))
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            # A row that was edited by hand; the others are as good as before.
            why = f"it is not as such rows are written: {shorten(str(error))}."
            self._refuse(Problem(label, "row", why))

    def add(self, label: str, name: str, place: Place, entry: Entry) -> None:
        """Take over an entry, under a name that is free and much like ``name``."""
        name = self._free(place.name or slug(name) or place.handler)
        entry = {"handler": place.handler, **entry}
        params = {**entry.get("params", {}), **place.fields.get("params", {})}
        entry |= place.fields
        if params:
            entry["params"] = params
        self.document.jobs[name] = entry
        self.labels[name] = label

    def _refuse(self, problem: Problem) -> None:
        self.refused.append(problem)
        self.count_refused += 1

    def give_up(self, problems: Sequence[Problem]) -> None:
        """Count as refused what turned out not to fit when it was to be written."""
        self.count_refused += len({each.name for each in problems})
        for each in problems:
            self.document.jobs.pop(each.name, None)
            label = self.labels.get(each.name, each.name)
            self.refused.append(Problem(label, each.field, each.problem))

    def note(self, text: str) -> None:
        """Tell once what whoever moves should know."""
        if text not in self.notes:
            self.notes.append(text)

    def _free(self, name: str) -> str:
        number, free = 1, name
        while free in self.document.jobs:
            number += 1
            end = f"-{number}"
            free = f"{name[: NAME_LENGTH - len(end)]}{end}"
        return free


def place_for(
    moved: Moved, handlers: Handlers, label: str, *names: str
) -> Place | None:
    """Return the place of the first of these names, or None if it is left out.

    Raises CannotCarry if the mapping does not know it.
    """
    place = handlers.find(*names)
    if place is None:
        raise CannotCarry(
            "handler",
            f"the mapping has no line for {names[0]!r}: add one with a handler, or "
            f"null to leave it out.{handlers.nearest(names[0])}",
        )
    if not place.handler:
        moved.left_out.append(label)
        return None
    return place


def refuse(place: Place, field_name: str, problem: str) -> None:
    """Raise CannotCarry, unless the mapping says that this may be lost."""
    if field_name not in place.drop:
        raise CannotCarry(
            field_name,
            f'{problem} To go without it: "drop": ["{field_name}"] in the mapping.',
        )


def params_of(
    place: Place, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> dict[str, Any]:
    """Return arguments as named parameters of the handler."""
    names = list(place.args) or _parameters(place.handler)
    if len(args) > len(names):
        raise CannotCarry(
            "args",
            f"it has {len(args)} positional arguments and the handler {place.handler} "
            f'takes {len(names)}; name them: "args": ["first", "second"] in the mapping.',
        )
    positional = dict(zip(names, args, strict=False))
    if twice := sorted(positional.keys() & kwargs.keys()):
        raise CannotCarry("kwargs", f"{twice[0]!r} is given by position as well.")
    return {**positional, **kwargs}


def _parameters(handler: str) -> list[str]:
    if not registry.is_registered(handler):
        return []
    described = describe_parameters(registry.find(handler).function)
    return [parameter.name for parameter in described.parameters]


def slug(text: str) -> str:
    """Return a name for a job that is as much like ``text`` as may be."""
    return UNNAMEABLE.sub("-", text.lower()).strip("-.:")[:NAME_LENGTH]


def titled(label: str, name: str) -> Entry:
    """Return the title of a job whose own name cannot be kept as it is."""
    return {"title": clean_text(label, 200)} if label and slug(label) != label else {}


def without_empty(entry: Mapping[str, Any]) -> Entry:
    """Return the entry without what says nothing."""
    return {name: value for name, value in entry.items() if value not in EMPTY}


EMPTY: list[Any] = [None, "", {}, []]
