"""What may be a handler: a function that a worker can import and call."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from functools import lru_cache
from types import FunctionType
from typing import Any

from cronmgmt.errors import HandlerRefused
from cronmgmt.parameters import describe_parameters

Adapter = Callable[[object, str], Callable[..., Any] | None]

_adapters: list[Adapter] = []


@lru_cache(maxsize=1024)
def takes_the_run(function: Callable[..., Any]) -> bool:
    """Return whether ``function`` has a first parameter at all."""
    return bool(inspect.signature(function).parameters)


def adapt(adapter: Adapter) -> None:
    """Let ``adapter`` make handlers of what is no function, under a given name."""
    if adapter not in _adapters:
        _adapters.append(adapter)


def adapted(value: Any, name: str = "") -> Any:
    """Return the function that stands for ``value``; itself if nobody adapts it."""
    found = (adapter(value, name) for adapter in _adapters)
    return next((each for each in found if each is not None), value)


def check_function(function: object) -> None:
    """Raise HandlerRefused unless ``function`` can be called by a worker."""
    if not isinstance(function, FunctionType):
        kind = "bound method" if inspect.ismethod(function) else type(function).__name__
        raise HandlerRefused(f"A handler is a function, not a {kind}.")
    if function.__name__ == "<lambda>":
        raise HandlerRefused("A lambda has no name by which a worker could find it.")
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise HandlerRefused(f"{origin(function)} is a generator: nothing would run.")
    _check_signature(function)
    describe_parameters(function)


def _check_signature(function: Callable[..., Any]) -> None:
    parameters = list(inspect.signature(function).parameters.values())
    for run in parameters[:1]:
        if run.kind in (run.KEYWORD_ONLY, run.VAR_KEYWORD):
            raise HandlerRefused(f"{origin(function)} has no place for the run.")
    for each in parameters[1:]:
        if each.kind is each.POSITIONAL_ONLY and each.default is each.empty:
            raise HandlerRefused(
                f"{origin(function)} needs {each.name!r}, which cannot be handed over "
                "by its name: take the / out."
            )


def importable_path(function: Callable[..., Any]) -> str:
    """Return ``module:name`` of a function that every process can import.

    Raises HandlerRefused for lambdas, closures, methods and what lives in
    ``__main__``.
    """
    check_function(function)
    assert isinstance(function, FunctionType)
    if "<locals>" in function.__qualname__:
        raise HandlerRefused(
            f"{origin(function)} is defined inside another function: a worker "
            "cannot import it. Move it to the top of its module."
        )
    if "." in function.__qualname__:
        raise HandlerRefused(f"{origin(function)} belongs to a class.")
    if function.__module__ == "__main__":
        raise HandlerRefused(f"{function.__name__} lives in __main__, not in a module.")
    module = sys.modules.get(function.__module__)
    if adapted(getattr(module, function.__name__, None)) is not function:
        raise HandlerRefused(
            f"{origin(function)} is another object by now: a worker would import that."
        )
    return f"{function.__module__}:{function.__name__}"


def origin(function: Callable[..., Any]) -> str:
    """Return where a function comes from, for a message."""
    return f"{function.__module__}.{function.__qualname__}"
