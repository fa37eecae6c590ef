"""Paths of the dashboard: names of jobs in them, with and without a slash."""

from __future__ import annotations

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, register_converter

from cronmgmt.text import NAME, NAME_LENGTH


class NameConverter:
    """A job's name."""

    regex = NAME.pattern.removesuffix("+") + f"{{1,{NAME_LENGTH}}}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class VerbConverter:
    """What may be done with several runs."""

    regex = "rerun|cancel"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NameConverter, "job")
register_converter(VerbConverter, "verb")


def both(
    route: str, view: Callable[..., HttpResponseBase], name: str
) -> list[URLPattern]:
    """Return the route as written and with a slash: a POST is never redirected."""
    return [path(f"{route}/", view), path(route, view, name=name)]
