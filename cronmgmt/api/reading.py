"""Bytes -> a JSON object that every database takes, or why it is none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser

LONGEST = 1_000_000
DEEPEST = 20
BIGGEST = 2**63


class TooLong(APIException):
    """The body is longer than any that means something."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


class Parser(BaseParser):
    """Read a JSON object: what is in it twice, or what JSON has not, is refused."""

    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Any = None
    ) -> dict[str, Any]:
        """Return the object. Raises ParseError or TooLong."""
        raw = stream.read(LONGEST + 1)
        if len(raw) > LONGEST:
            raise TooLong(
                _("The body may have %(most)d bytes at most.") % {"most": LONGEST}
            )
        found = _decoded(raw)
        if not isinstance(found, dict):
            raise ParseError(_("The body must be a JSON object."))
        _check(found, DEEPEST)
        return found


class JsonAlways(DefaultContentNegotiation):
    """There is nothing but JSON to choose from, whatever a browser asks for."""

    def select_renderer(
        self, request: Any, renderers: Any, format_suffix: Any = None
    ) -> tuple[Any, str]:
        """Return the one there is."""
        return renderers[0], renderers[0].media_type


def _decoded(raw: bytes) -> Any:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise ParseError(_("The body is not UTF-8.")) from None
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:
        raise ParseError(
            _("The body is not JSON: %(error)s.") % {"error": error}
        ) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(_("an object has a key twice"))
    return found


def _constant(name: str) -> Any:
    raise ValueError(_("%(name)s is no JSON") % {"name": name})


def _check(value: Any, levels: int) -> None:
    """Raise ParseError for what some database, or JSON elsewhere, cannot hold."""
    if levels < 0:
        raise _too_deep()
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, int | float) and not abs(value) < BIGGEST:
        raise ParseError(_("A number is too large."))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            _check_text(key)
            _check(each, levels - 1)
    elif isinstance(value, list):
        for each in value:
            _check(each, levels - 1)


def _check_text(text: str) -> None:
    if "\x00" in text or any("\ud800" <= each <= "\udfff" for each in text):
        raise ParseError(
            _("A text holds a character that is none: NUL or half of a pair.")
        )


def _too_deep() -> ParseError:
    return ParseError(
        _("The body may be %(most)d levels deep at most.") % {"most": DEEPEST}
    )
