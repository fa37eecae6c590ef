"""Parameters as they come -> JSON to store, and Python values to call with."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from cronmgmt.conf import conf
from cronmgmt.errors import InvalidParameters, shorten
from cronmgmt.parameters.signature import Parameter, describe_parameters
from cronmgmt.text import clean_json


def check_parameters(
    function: Callable[..., Any], params: object, *, name: str
) -> dict[str, Any]:
    """Return ``params`` as plain JSON data that ``function`` can be called with.

    Python values such as dates are accepted as well as their JSON. Raises
    InvalidParameters with the parameter's name, what came and what was wanted, and for
    more than ``PARAMS_LIMIT`` characters.
    """
    checked = _check(function, params, name=name)
    _refuse_if_large(checked, name)
    return checked


def _check(
    function: Callable[..., Any], params: object, *, name: str
) -> dict[str, Any]:
    given = _object(params, name=name)
    description = describe_parameters(function)
    known = description.by_name()
    checked = {}
    for key, value in given.items():
        if key in known:
            checked[key] = _checked(known[key], value, name)
        elif description.takes_any and key != description.run:
            checked[key] = json_object({key: value}, name=name)[key]
        else:
            raise InvalidParameters(
                format_lazy(
                    gettext_lazy(
                        "{name} has no parameter {key!r}; its parameters: {known}."
                    ),
                    name=name,
                    key=shorten(key),
                    known=", ".join(known) or gettext_lazy("none"),
                )
            )
    for parameter in description.parameters:
        if parameter.required and parameter.name not in given:
            raise InvalidParameters(
                format_lazy(
                    gettext_lazy("{name} needs the parameter {key!r}: {wanted}."),
                    name=name,
                    key=parameter.name,
                    wanted=parameter.kind.wanted,
                )
            )
    return checked


def python_arguments(
    function: Callable[..., Any], params: Mapping[str, Any], *, name: str
) -> dict[str, Any]:
    """Return the keyword arguments to call ``function`` with; secrets are read now.

    Raises InvalidParameters for what fits no longer: the code may have changed since
    the run was queued.
    """
    checked = _check(function, params, name=name)
    known = describe_parameters(function).by_name()
    arguments = {}
    for key, value in checked.items():
        try:
            arguments[key] = known[key].kind.python(value) if key in known else value
        except ValueError as error:
            raise InvalidParameters(
                f"The parameter {key!r} of {name}: {error}."
            ) from None
    return arguments


def secret_values(function: Callable[..., Any], params: Mapping[str, Any]) -> list[str]:
    """Return the values of the secret parameters; one that is not there is left out."""
    values = []
    for parameter in describe_parameters(function).parameters:
        if parameter.is_secret and isinstance(params.get(parameter.name), str):
            try:
                secret = parameter.kind.python(params[parameter.name])
            except ValueError:
                continue
            values.append(secret.value)
    return values


def json_object(params: object, *, name: str) -> dict[str, Any]:
    """Return ``params`` as a plain JSON object, or raise InvalidParameters.

    For handlers that this process does not know: they may be registered elsewhere.
    """
    given = _object(params, name=name)
    if not given:
        return given
    for key, value in given.items():
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            raise InvalidParameters(
                f"The parameter {key!r} of {name} must be JSON data; got "
                f"{type(value).__name__} ({error})."
            ) from None
    data: dict[str, Any] = clean_json(given)
    _refuse_if_large(data, name)
    return data


def _refuse_if_large(params: Mapping[str, Any], name: str) -> None:
    """Raise InvalidParameters for what makes a row, or a statement, too large."""
    size = sum(map(_size, params.values()))
    if size > conf.PARAMS_LIMIT:
        raise InvalidParameters(
            format_lazy(
                gettext_lazy(
                    "The parameters of {name} have {size} characters; PARAMS_LIMIT is "
                    "{limit}. Keep the data elsewhere and hand over where it is."
                ),
                name=name,
                size=size,
                limit=conf.PARAMS_LIMIT,
            )
        )


def _size(value: Any) -> int:
    """Return the length of a value that may be long; numbers and words cost nothing."""
    if type(value) is str:
        return len(value)
    return len(json.dumps(value)) if isinstance(value, list | dict) else 0


def _object(params: object, *, name: str) -> dict[str, Any]:
    if not isinstance(params, Mapping):
        raise InvalidParameters(
            format_lazy(
                gettext_lazy(
                    "The parameters of {name} must be a JSON object such as {example}; "
                    "got {value}."
                ),
                name=name,
                example='{"limit": 10}',
                value=shorten(params),
            )
        )
    for key in params:
        if not isinstance(key, str):
            raise InvalidParameters(f"{name}: {shorten(key)} is not a parameter name.")
    return dict(params)


def _checked(parameter: Parameter, value: Any, name: str) -> Any:
    try:
        return parameter.kind.json(value)
    except (ValueError, TypeError, RecursionError):
        # What came may be the secret itself, typed where its name belongs.
        hidden = gettext_lazy("something else")
        raise InvalidParameters(
            format_lazy(
                gettext_lazy(
                    "The parameter {key!r} of {name} must be {wanted}; got {value}."
                ),
                key=parameter.name,
                name=name,
                wanted=parameter.kind.wanted,
                value=hidden if parameter.is_secret else shorten(value),
            )
        ) from None
