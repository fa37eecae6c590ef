"""A page's context -> the page, the part of it that is looked at again, or 304.

What a page shows is its context: a digest of that, made before anything is rendered,
tells whether a browser that asks again has seen it already. Distances to now are left
out, for the browser counts on by itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.http import parse_etags
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from cronmgmt.actors import Actor
from cronmgmt.dashboard.navigation import AGAIN
from cronmgmt.text import digest

UNSEEN = frozenset({"now", "clock_read", "seconds", "notices", "csrf_token", "actor"})
"""Keys of a context, and fields of a row, whose change alone is no news."""

SECONDS, NOW = "X-Cronmgmt-Seconds", "X-Cronmgmt-Now"


def answer(request: HttpRequest, page: str, context: dict[str, Any]) -> HttpResponse:
    """Answer with a page; with its live part, or 304, to who looks again."""
    template = f"cronmgmt/{page}.html"
    if not context.get("seconds"):
        return render(request, _part(page) if _again(request) else template, context)
    tag = f'"{fingerprint(context)}"'
    if not _again(request):
        return render(request, template, {**context, "tag": tag})
    if tag in _seen(request):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = render(request, _part(page), {**context, "tag": tag})
    response.headers["ETag"] = tag
    response.headers[SECONDS] = str(context["seconds"])
    response.headers[NOW] = _iso(context.get("now"))
    return response


def fingerprint(context: dict[str, Any]) -> str:
    """Return a digest of all that a page shows, in this language and time zone."""
    shown = [context, get_language(), get_current_timezone_name()]
    return digest(*_pieces(shown))[:32]


def _pieces(value: object) -> Iterator[str]:
    """Yield all that is in a value, as text."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key not in UNSEEN:
                yield str(key)
                yield from _pieces(each)
    elif isinstance(value, list | tuple | QuerySet):
        yield f"{len(value)}:"
        for each in value:
            yield from _pieces(each)
    elif isinstance(value, Actor):
        yield f"{value.name} {sorted(value.barred)}"
    elif isinstance(value, Model):
        yield from _pieces({k: v for k, v in vars(value).items() if k != "_state"})
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from _pieces({field.name: getattr(value, field.name)})
    else:
        yield str(value)


def _part(page: str) -> str:
    return f"cronmgmt/{page}/_live.html"


def _again(request: HttpRequest) -> bool:
    return AGAIN in request.GET


def _seen(request: HttpRequest) -> list[str]:
    # A compressed answer's tag comes back marked as weak; the page is the same.
    tags = parse_etags(request.headers.get("If-None-Match", ""))
    return [tag.removeprefix("W/") for tag in tags]


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
