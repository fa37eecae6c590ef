"""Parameters -> what may be shown of them."""

from __future__ import annotations

from typing import Any

from cronmgmt import registry
from cronmgmt.parameters import describe_parameters
from cronmgmt.parameters.forms import fits
from cronmgmt.telemetry.redaction import MASK, Redactor


def shown_parameters(handler: str, params: Any) -> Any:
    """Return a handler's parameters without what is, or looks like, a secret.

    ``env:NAME`` for a secret parameter is no secret: it says where the value stands.
    """
    if not isinstance(params, dict):
        return Redactor().json(params)
    shown = Redactor().json(params)
    for name, is_reference in _secrets(handler, params).items():
        shown[name] = params[name] if is_reference else MASK
    return shown


def shown_values(values: dict[str, Any]) -> dict[str, Any]:
    """Return values by their names without what looks like a secret."""
    shown: dict[str, Any] = Redactor().json(values)
    return shown


def _secrets(handler: str, params: dict[str, Any]) -> dict[str, bool]:
    """Return the secret parameters, and of each whether a reference stands there."""
    if not registry.is_registered(handler):
        return {}
    known = describe_parameters(registry.find(handler).function).parameters
    return {
        each.name: fits(each, params[each.name])
        for each in known
        if each.is_secret and each.name in params
    }
