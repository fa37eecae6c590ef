"""A function's signature -> its parameters, each with its kind and default."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from cronmgmt.errors import HandlerRefused
from cronmgmt.parameters.kinds import (
    AnyJson,
    Choice,
    Date,
    Kind,
    Maybe,
    Moment,
    Number,
    Plain,
    Several,
)
from cronmgmt.parameters.secrets import Secret, SecretKind

_SIMPLE: dict[Any, Kind] = {
    **{plain: Plain(plain) for plain in (str, int, float, bool)},
    **{free: AnyJson() for free in (Any, dict, list, inspect.Parameter.empty)},
    date: Date(),
    datetime: Moment(),
    Decimal: Number(),
    Secret: SecretKind(),
}


@dataclass(frozen=True)
class Parameter:
    """One parameter that a job or a run may set."""

    name: str
    kind: Kind
    required: bool
    default: Any = None

    @property
    def is_secret(self) -> bool:
        """Whether its value is to be kept out of every page and log."""
        inner = self.kind.kind if isinstance(self.kind, Maybe) else self.kind
        return isinstance(inner, SecretKind)


@dataclass(frozen=True)
class Description:
    """All parameters of a handler, and whether it takes others as well."""

    parameters: tuple[Parameter, ...]
    takes_any: bool
    run: str = ""
    """What the first parameter is called, which is never one of ``takes_any``."""

    def by_name(self) -> dict[str, Parameter]:
        """Return the parameters by their names."""
        return {parameter.name: parameter for parameter in self.parameters}


@lru_cache(maxsize=1024)
def describe_parameters(function: Callable[..., Any]) -> Description:
    """Return the description of a handler; its first parameter, the run, is left out.

    Raises HandlerRefused for an annotation that is none of str, int, float, bool,
    date, datetime, Decimal, an Enum, Literal, Optional or list of these, Secret[str],
    dict, list and Any.
    """
    parameters = list(inspect.signature(function).parameters.values())
    rest = parameters[1:]
    hints = _hints(function)
    named = [each for each in rest if each.kind in _NAMED]
    return Description(
        tuple(_parameter(function, each, hints) for each in named),
        takes_any=any(each.kind is each.VAR_KEYWORD for each in rest),
        run=parameters[0].name if parameters else "",
    )


def json_schema(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the parameters as a JSON Schema of one object."""
    description = describe_parameters(function)
    properties = {}
    for parameter in description.parameters:
        properties[parameter.name] = parameter.kind.schema()
        if not parameter.required:
            properties[parameter.name]["default"] = parameter.default
    return {
        "type": "object",
        "properties": properties,
        "required": [p.name for p in description.parameters if p.required],
        "additionalProperties": description.takes_any,
    }


_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return get_type_hints(function)
    except (NameError, TypeError, AttributeError):
        # An import for type checkers only: those annotations cannot be had here.
        return {}


def _parameter(
    function: Callable[..., Any], each: inspect.Parameter, hints: dict[str, Any]
) -> Parameter:
    annotation = hints.get(each.name, each.empty)
    kind = _kind(annotation)
    if kind is None:
        raise HandlerRefused(
            f"The parameter {each.name!r} of {function.__module__}."
            f"{function.__qualname__} is annotated {annotation!r}. Parameters are JSON: "
            "use str, int, float, bool, date, datetime, Decimal, an Enum, Literal, "
            "Optional or list of these, Secret[str], dict, list or Any."
        )
    if each.default is each.empty:
        return Parameter(each.name, kind, required=True)
    if each.default is None and not isinstance(kind, AnyJson | Maybe):
        kind = Maybe(kind)
    return Parameter(each.name, kind, required=False, default=_default(kind, each))


def _default(kind: Kind, each: inspect.Parameter) -> Any:
    """Return the default as JSON; one that JSON cannot hold is the handler's own."""
    try:
        return kind.json(each.default)
    except ValueError:
        return None


def _kind(annotation: Any) -> Kind | None:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return Choice.of_enum(annotation)
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return Choice.of_values(inner)
    if origin in (Union, types.UnionType):
        return _optional([part for part in inner if part is not type(None)], inner)
    if origin is list:
        kind = _kind(inner[0])
        return kind and Several(kind)
    if origin is Secret:
        return SecretKind() if inner == (str,) else None
    if origin is dict:
        return AnyJson()
    try:
        return _SIMPLE.get(annotation)
    except TypeError:
        return None


def _optional(real: list[Any], inner: tuple[Any, ...]) -> Kind | None:
    kind = _kind(real[0]) if len(real) == 1 else None
    if kind is None:
        return None
    return Maybe(kind) if len(real) < len(inner) else kind
