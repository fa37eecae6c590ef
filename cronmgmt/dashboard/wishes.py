"""The address of the list of jobs -> what is wanted of it, and back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from cronmgmt.queries import SORTS, STATES, Choice

LONGEST = 200


def read(request: HttpRequest) -> Choice:
    """Return what the address asks for. Raises BadRequest for what nothing means."""
    query = request.GET
    sort = query.get("sort", "") or "name"
    return Choice(
        words=query.get("q", "").strip()[:LONGEST],
        state=_one_of(query, "state", STATES),
        tags=tuple(dict.fromkeys(filter(None, query.getlist("tag")))),
        owner=query.get("owner", ""),
        attention=_one_of(query, "show", ("attention",)) != "",
        sort=_known(sort.removeprefix("-"), "sort", SORTS),
        backwards=sort.startswith("-"),
    )


def address(choice: Choice, page: int = 1, **changes: Any) -> str:
    """Return where the list is that shows this."""
    wish = replace(choice, **changes)
    sort = ("-" if wish.backwards else "") + wish.sort
    pairs = [
        ("q", wish.words),
        ("show", "attention" if wish.attention else ""),
        ("state", wish.state),
        *(("tag", tag) for tag in wish.tags),
        ("owner", wish.owner),
        ("sort", "" if sort == "name" else sort),
        ("page", str(page) if page > 1 else ""),
    ]
    query = urlencode([pair for pair in pairs if pair[1]])
    return reverse("cronmgmt:jobs") + (f"?{query}" if query else "")


def hidden(choice: Choice) -> list[tuple[str, str]]:
    """Return what the search field must carry along, as names and values."""
    url = address(choice, words="")
    query = QueryDict(url.partition("?")[2])
    return [(name, value) for name, values in query.lists() for value in values]


def _one_of(query: QueryDict, name: str, known: Any) -> str:
    value = query.get(name, "")
    return _known(value, name, known) if value else ""


def _known(value: str, name: str, known: Any) -> str:
    if value in known:
        return value
    raise BadRequest(
        _("%(name)s can be one of: %(known)s.")
        % {"name": name, "known": ", ".join(known)}
    )
