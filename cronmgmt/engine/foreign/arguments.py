"""The texts in which other systems keep arguments -> values; nothing is executed."""

from __future__ import annotations

import ast
import json
from typing import Any

from cronmgmt.engine.foreign.moving import CannotCarry
from cronmgmt.errors import shorten

LONGEST = 20_000
FAILURES = (SyntaxError, ValueError, TypeError, RecursionError, MemoryError)


def literal_args(text: str | None) -> list[Any]:
    """Return positional arguments such as ``1, 'two'``, as django-q2 reads them."""
    if not text or not text.strip():
        return []
    value = _literal("args", text)
    return list(value) if isinstance(value, tuple) else [value]


def literal_kwargs(text: str | None) -> dict[str, Any]:
    """Return named arguments such as ``x=1, y='two'`` or ``{'x': 1}``."""
    if not text or not text.strip():
        return {}
    try:
        value = _literal("kwargs", text)
    except CannotCarry:
        value = _keywords(text)
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise _unreadable("kwargs", text)
    return value


def json_args(text: str | None) -> list[Any]:
    """Return positional arguments that are kept as a JSON list."""
    value = _json("args", text or "[]")
    if not isinstance(value, list):
        raise _unreadable("args", text)
    return value


def json_object(field: str, text: str | None) -> dict[str, Any]:
    """Return what is kept as a JSON object."""
    value = _json(field, text or "{}")
    if not isinstance(value, dict):
        raise _unreadable(field, text)
    return value


def _literal(field: str, text: str) -> Any:
    if len(text) > LONGEST:
        raise _unreadable(field, text)
    try:
        return ast.literal_eval(text.strip())
    except FAILURES:
        raise _unreadable(field, text) from None


def _keywords(text: str) -> dict[str, Any]:
    try:
        call = ast.parse(f"f({text.strip()})", mode="eval").body
        assert isinstance(call, ast.Call)
        if call.args or not isinstance(call.func, ast.Name):
            raise ValueError
        return {str(each.arg): _value(each) for each in call.keywords}
    except (*FAILURES, AssertionError):
        raise _unreadable("kwargs", text) from None


def _value(keyword: ast.keyword) -> Any:
    if keyword.arg is None:
        raise ValueError
    return ast.literal_eval(keyword.value)


def _json(field: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError, TypeError):
        raise _unreadable(field, text) from None


def _unreadable(field: str, text: object) -> CannotCarry:
    return CannotCarry(
        field,
        f"{shorten(text)!r} is not written as plain values: give the job its "
        "parameters by hand.",
    )
