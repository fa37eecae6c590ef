"""The list of jobs: searched, narrowed, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from cronmgmt import clock, queries
from cronmgmt.dashboard import wishes
from cronmgmt.dashboard.access import for_members
from cronmgmt.dashboard.drawing import legend
from cronmgmt.dashboard.frame import let_in, show
from cronmgmt.dashboard.joblines import STATES, lines
from cronmgmt.dashboard.pauselines import pause_lines
from cronmgmt.dashboard.rows import QUICK, SLOW
from cronmgmt.models import database
from cronmgmt.queries import Choice, Chosen, Summary

SIZE = 50
"""Jobs on a page."""

CHIPS = 12
"""So many tags and owners are offered at once; the search finds the others."""

COLUMNS = (
    ("name", gettext_lazy("Job")),
    ("state", gettext_lazy("Status")),
    ("", gettext_lazy("Latest")),
    ("last", gettext_lazy("Last run")),
    ("next", gettext_lazy("Next run")),
)


@dataclass(frozen=True, slots=True)
class Chip:
    """A link that narrows the list, or widens it again."""

    url: str
    label: str | Promise
    count: int
    chosen: bool
    state: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head; ``order`` is ``ascending`` or ``descending`` where it sorts."""

    label: str | Promise
    url: str
    order: str


@require_safe
@for_members()
def jobs(request: HttpRequest) -> HttpResponse:
    """Show the jobs that match, and the numbers of those that would."""
    viewer = let_in(request)
    choice = wishes.read(request)
    now = clock.now(database())
    pauses = queries.pauses(now)
    everything = queries.summaries(now, pauses, viewer.actor)
    chosen = queries.choose(everything, choice)
    pages = max(1, -(-len(chosen.lines) // SIZE))
    page = min(_page(request), pages)
    shown = chosen.lines[(page - 1) * SIZE : page * SIZE]
    rows = lines(shown, viewer)
    context = {
        "now": now,
        "rows": rows,
        "triggers": any(row.can_trigger for row in rows),
        "switches": any(row.can_switch for row in rows),
        "pauses": pause_lines(pauses, now, viewer),
        "choice": choice,
        "hidden": wishes.hidden(choice),
        "chips": _chips(chosen, choice),
        "tags": _tags(chosen, choice),
        "owners": _owners(chosen, choice),
        "columns": [_column(*column, choice) for column in COLUMNS],
        "legend": legend(),
        "total": len(everything),
        **_paging(choice, page, pages, len(chosen.lines)),
        **_face(everything),
        "seconds": _seconds(everything, now),
    }
    return show(request, "jobs", viewer, context)


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "") or "1"
    if text.isascii() and text.isdecimal() and 0 < int(text[:9]) and len(text) < 9:
        return int(text)
    raise BadRequest(_("%(text)s is no page.") % {"text": repr(text[:40])})


def _chips(chosen: Chosen, choice: Choice) -> list[Chip]:
    """Return what narrows the list by state; what nothing is in is not offered."""
    plain = replace(choice, state="", attention=False)
    is_plain = choice == plain
    asking = wishes.address(plain, attention=not choice.attention)
    chips = [
        Chip(wishes.address(plain), _("All"), chosen.total, is_plain),
        Chip(asking, _("Attention"), chosen.attention, choice.attention, "attention"),
    ]
    for state, label in STATES.items():
        count, is_it = chosen.states.get(state, 0), choice.state == state
        if count or is_it:
            url = wishes.address(plain, state="" if is_it else state)
            chips.append(Chip(url, label, count, is_it, state))
    return chips


def _tags(chosen: Chosen, choice: Choice) -> list[Chip]:
    offered = _first(chosen.tags, choice.tags)
    return [
        Chip(_with_tag(choice, tag), tag, count, tag in choice.tags)
        for tag, count in offered.items()
    ]


def _with_tag(choice: Choice, tag: str) -> str:
    others = tuple(each for each in choice.tags if each != tag)
    return wishes.address(
        choice, tags=others if tag in choice.tags else (*choice.tags, tag)
    )


def _owners(chosen: Chosen, choice: Choice) -> list[Chip]:
    mine = (choice.owner,) if choice.owner else ()
    offered = _first(chosen.owners, mine)
    return [
        Chip(
            wishes.address(choice, owner="" if owner == choice.owner else owner),
            owner,
            count,
            owner == choice.owner,
        )
        for owner, count in offered.items()
    ]


def _first(counts: Mapping[str, int], chosen: Iterable[str]) -> dict[str, int]:
    """Return the most frequent, with those that are chosen in front."""
    offered = {each: counts.get(each, 0) for each in chosen}
    for value in list(counts)[:CHIPS]:
        offered.setdefault(value, counts[value])
    return offered


def _column(sort: str, label: str | Promise, choice: Choice) -> Column:
    if not sort:
        return Column(label, "", "")
    falling = queries.SORTS[sort][1]
    is_it = choice.sort == sort
    url = wishes.address(choice, sort=sort, backwards=is_it and not choice.backwards)
    descending = falling != choice.backwards
    order = ("descending" if descending else "ascending") if is_it else ""
    return Column(label, url, order)


def _paging(choice: Choice, page: int, pages: int, count: int) -> dict[str, Any]:
    first = (page - 1) * SIZE + 1
    return {
        "previous": wishes.address(choice, page - 1) if page > 1 else "",
        "next": wishes.address(choice, page + 1) if page < pages else "",
        "position": _("%(first)d to %(last)d of %(count)d")
        % {"first": first, "last": min(page * SIZE, count), "count": count},
    }


def _face(everything: Iterable[Summary]) -> dict[str, str]:
    """Return what the browser's tab shows: how many, and an icon by the worst."""
    states = [each.state for each in everything]
    wrong, running = states.count("error"), states.count("running")
    needing = sum(bool(each.attention) for each in everything)
    counts = [
        ngettext("%(n)d error", "%(n)d errors", wrong) % {"n": wrong} if wrong else "",
        _("%(n)d need attention") % {"n": needing} if needing else "",
        _("%(n)d running") % {"n": running} if running else "",
    ]
    title = ", ".join(filter(None, counts))
    return {
        "page_title": f"{title} – {_('Jobs')}" if title else _("Jobs"),
        "page_icon": "bad" if wrong or needing else "busy" if running else "",
    }


def _seconds(everything: Iterable[Summary], now: datetime) -> int:
    """Return how soon to look again: quickly while something moves."""
    soon = now + timedelta(seconds=SLOW)
    for each in everything:
        if each.run_id or (each.next_run_at and each.next_run_at <= soon):
            return QUICK
    return SLOW
