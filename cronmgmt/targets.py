"""The databases or tenants that one run of a job goes over, found at run time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches
from functools import partial
from typing import Any

from django.db import connections

from cronmgmt.errors import InvalidJob, InvalidTargets, shorten
from cronmgmt.text import clean_text, safe_str

Finder = Callable[[], Iterable[str]]
Targets = Sequence[str] | Finder
"""Names, or a function that returns them: it is asked at every run."""

MOST = 1_000
"""Targets of one run."""

LONGEST = 200
"""Characters of a target's name."""

SHOWN = 10
"""Names that a message has at most."""

LISTS = {
    "mysql": "SELECT schema_name FROM information_schema.schemata"
    " WHERE schema_name LIKE %s",
    "postgresql": "SELECT datname FROM pg_database"
    " WHERE datname LIKE %s AND datallowconn AND NOT datistemplate",
}


def databases(like: str = "%", using: str = "default") -> Finder:
    """Return what finds the databases on the server of the alias ``using``.

    ``like`` is SQL's pattern for their names: ``agency_%``. Only those that its user
    may see are there.
    """
    return partial(_databases, like, using)


def _databases(like: str, using: str) -> list[str]:
    connection = connections[using]
    if connection.vendor not in LISTS:
        raise InvalidTargets(
            f"{connection.display_name} has no list of databases: use aliases()."
        )
    with connection.cursor() as cursor:
        cursor.execute(LISTS[connection.vendor], [like])
        return sorted(str(name) for (name,) in cursor.fetchall())


def aliases(like: str = "%") -> Finder:
    """Return what finds the aliases of ``settings.DATABASES``; ``like`` as above."""
    return partial(_aliases, like)


def _aliases(like: str) -> list[str]:
    wild = {"%": ".*", "_": "."}
    pattern = "".join(wild.get(each) or re.escape(each) for each in like)
    return [alias for alias in connections if re.fullmatch(pattern, alias)]


def declared(what: str, targets: Targets | None) -> Targets | None:
    """Return the targets that a decorator is given, checked. Raises InvalidJob."""
    if targets is None or callable(targets):
        return targets
    try:
        return tuple(_checked(what, targets))
    except InvalidTargets as error:
        raise InvalidJob(str(error)) from None


def names_of(job: str, targets: Targets) -> list[str]:
    """Return the names as they are now, in order.

    Raises InvalidTargets when they cannot be found or are not what names are. None at
    all is an error too: most often a pattern or a right has changed.
    """
    if not callable(targets):
        return list(targets)
    try:
        found = targets()
    except InvalidTargets as error:
        raise InvalidTargets(f"The targets of {job} were not found: {error}") from error
    except Exception as error:
        why = f"{type(error).__name__}: {safe_str(error)}"
        raise InvalidTargets(f"The targets of {job} were not found: {why}") from error
    return _checked(job, found)


def choose(job: str, targets: Targets | None, name: str) -> list[str]:
    """Return all the names, or that one alone. Raises InvalidTargets if it is none."""
    if targets is None:
        raise InvalidTargets(f"{job} does not run over targets: leave {name!r} out.")
    names = names_of(job, targets)
    if name and name not in names:
        near = nearest(name, names)
        hint = f" Did you mean {near}?" if near else ""
        raise InvalidTargets(
            f"{job} has no target {shorten(name)!r}; it has {listed(names)}.{hint}"
        )
    return [name] if name else names


def nearest(name: str, names: Sequence[str]) -> str:
    """Return the name that was most likely meant; empty if none is near."""
    return next(iter(get_close_matches(name, names, 1)), "")


def listed(names: Sequence[str]) -> str:
    """Return the first of the names for a sentence, and how many others there are."""
    shown = ", ".join(names[:SHOWN])
    more = len(names) - SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _checked(what: str, found: Any) -> list[str]:
    if isinstance(found, str | bytes) or not isinstance(found, Iterable):
        raise InvalidTargets(
            f"{what}: targets are a list of names; got {shorten(found)}."
        )
    names: list[str] = []
    for name in found:
        _check_name(what, name)
        names.append(name)
        if len(names) > MOST:
            raise InvalidTargets(f"{what} has more than {MOST} targets.")
    if not names:
        raise InvalidTargets(f"{what} has no targets: the list is empty.")
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidTargets(f"{what} has the target {twice!r} twice.")
    return names


def _check_name(what: str, name: object) -> None:
    is_fit = (
        isinstance(name, str)
        and 0 < len(name) <= LONGEST
        and name == name.strip() == clean_text(name)
        and name.isprintable()
    )
    if not is_fit:
        raise InvalidTargets(
            f"{what}: a target's name is text of 1 to {LONGEST} printable characters "
            f"without spaces around it; got {shorten(name)!r}."
        )
