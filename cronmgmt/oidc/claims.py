"""What the provider says of a person -> roles here. Pure, so that it is easily proved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any


def roles_from(
    claims: Mapping[str, Any], path: Sequence[str], known: Mapping[str, str]
) -> set[str]:
    """Return the roles that ``known`` gives for what stands at ``path``.

    ``path`` is one name, which may hold dots and slashes as Auth0's namespaced claims
    do (``https://example.org/roles``), or several that lead into nested objects
    (``realm_access``, ``roles``). There may stand a text, with one role or several
    with spaces or commas between them, a list of texts, or an object whose keys are
    the roles. Anything else, and every role that is not known, gives nothing.
    """
    return {known[said] for said in _said(_found(claims, path)) if said in known}


def stands_at(claims: Mapping[str, Any], path: Sequence[str]) -> bool:
    """Return whether anything stands at ``path``, a role or not."""
    return _found(claims, path) is not None


def _found(claims: Mapping[str, Any], path: Sequence[str]) -> Any:
    found: Any = claims
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _said(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        yield from value.replace(",", " ").split()
    elif isinstance(value, Iterable) and not isinstance(value, bytes):
        yield from (each for each in value if isinstance(each, str))


def is_verified(claims: Mapping[str, Any]) -> bool:
    """Return whether the provider vouches for the address; some say it as a text."""
    said = claims.get("email_verified")
    return said is True or (isinstance(said, str) and said.lower() == "true")


def name_of(claims: Mapping[str, Any]) -> str:
    """Return what to call the person: an address, a name, else the subject."""
    wanted = ("email", "preferred_username", "nickname", "sub")
    texts = (claims.get(key) for key in wanted)
    return next(text for text in texts if isinstance(text, str) and text.strip())
