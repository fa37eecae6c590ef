"""Which handler takes the place of a command, function or task of another system."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

from cronmgmt import registry
from cronmgmt.engine.portable.entries import KNOWN
from cronmgmt.errors import Refused, shorten

OWN = ("name", "args", "drop")


@dataclass(frozen=True, slots=True)
class Place:
    """A handler, and what else the mapping says of the jobs that get it.

    ``args`` names positional arguments in order; ``drop`` is what may be lost;
    ``fields`` are fields of the job's entry. No handler: left out on purpose.
    """

    handler: str = ""
    name: str = ""
    args: tuple[str, ...] = ()
    drop: frozenset[str] = frozenset()
    fields: Mapping[str, Any] = field(default_factory=dict)


class Handlers:
    """The file's lines: a name or a pattern such as ``*manage.py sync*``, and a place."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._places = places

    def find(self, *names: str) -> Place | None:
        """Return the place of the first of these names that is known.

        A name itself comes before patterns. A registered handler of that name needs
        no line.
        """
        for name in names:
            if name in self._places:
                return self._places[name]
        for pattern, place in self._places.items():
            if any(fnmatchcase(name, pattern) for name in names):
                return place
        own = next((name for name in names if registry.is_registered(name)), None)
        return Place(own) if own else None

    def nearest(self, name: str) -> str:
        """Return a hint at what the file has instead; empty if nothing is like it."""
        near = get_close_matches(name, self._places, 1)
        return f" It has {near[0]!r}." if near else ""


def read_handlers(data: object) -> Handlers:
    """Return the mapping of a file. Raises Refused with the line that is wrong."""
    if not isinstance(data, Mapping):
        raise Refused('A mapping is an object: {"package.tasks.sync": "handler"}.')
    return Handlers({str(name): _place(str(name), data[name]) for name in data})


def _place(key: str, value: object) -> Place:
    if value is None:
        return Place()
    if isinstance(value, str):
        value = {"handler": value}
    if not isinstance(value, Mapping) or not isinstance(value.get("handler"), str):
        raise Refused(
            f"{shorten(key)}: write a handler's name, null to leave it out, or an "
            f'object with "handler"; got {shorten(value)}.'
        )
    fields = {name: each for name, each in value.items() if name not in OWN}
    for name in fields:
        if name not in KNOWN:
            near = get_close_matches(str(name), [*KNOWN, *OWN], 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise Refused(f"{shorten(key)}: there is no field {shorten(name)!r}.{hint}")
    handler = str(fields.pop("handler"))
    args = _words(key, "args", value.get("args", ()))
    drop = frozenset(_words(key, "drop", value.get("drop", ())))
    name = value.get("name", "")
    if not isinstance(name, str):
        raise Refused(f"{shorten(key)}: name: write text; got {shorten(name)}.")
    return Place(handler, name, args, drop, fields)


def _words(key: str, field_name: str, value: object) -> tuple[str, ...]:
    is_list = isinstance(value, list | tuple)
    words: Iterable[object] = value if is_list else ()  # type: ignore[assignment]
    found = tuple(word for word in words if isinstance(word, str))
    if not is_list or len(found) != len(value):  # type: ignore[arg-type]
        raise Refused(
            f"{shorten(key)}: {field_name}: write a list of words; got "
            f"{shorten(value)}."
        )
    return found
