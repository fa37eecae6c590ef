"""A handler -> the names that its code mentions: evidence of how it goes about it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

from cronmgmt.functions import origin

MOST = 300
"""So many functions at most are read for one handler."""

FARTHEST = 3
"""So many calls away from the handler they are at most."""

OURS = __name__.partition(".")[0]
"""What handlers of this package call says nothing of the work they are given."""

UPSERT = "upsert"
UPSERTS = ("on conflict", "on duplicate key", "merge into")
"""What makes SQL an upsert, in small letters."""


@lru_cache(maxsize=2048)
def mentioned(function: Callable[..., Any]) -> Mapping[str, str]:
    """Return the names in a function's code and near it, each with where it stands.

    Calls are followed by names, within the function's own package and FARTHEST deep: of
    functions, of classes and what a module makes of them, of modules. What is not here
    may still be somewhere.
    """
    found: dict[str, str] = {}
    seen: set[FunctionType] = set()
    level = [inspect.unwrap(function)]
    for depth in range(FARTHEST + 1):
        functions = [each for each in level if isinstance(each, FunctionType)]
        level = []
        for each in dict.fromkeys(functions):
            if each not in seen and len(seen) < MOST:
                seen.add(each)
                words = set(_words(each.__code__))
                for word in words - found.keys():
                    found[word] = origin(each)
                level += _called(each, words) if depth < FARTHEST else ()
    return found


def _words(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _words(constant)
        elif isinstance(constant, tuple):  # Names of keyword arguments, among others.
            yield from (each for each in constant if isinstance(each, str))
        elif isinstance(constant, str) and any(s in constant.lower() for s in UPSERTS):
            yield UPSERT


def _called(function: FunctionType, words: set[str]) -> Iterator[FunctionType]:
    package = function.__module__.partition(".")[0]
    if package == OURS:
        return
    known = [function.__globals__.get(word) for word in words]
    modules = [each for each in known if isinstance(each, ModuleType)]
    known += [getattr(module, word, None) for module in modules for word in words]
    for each in known:
        module = getattr(each, "__module__", None)
        if not isinstance(module, str) or module.partition(".")[0] != package:
            continue
        if isinstance(each, FunctionType):
            yield each
        else:
            methods = vars(each if isinstance(each, type) else type(each)).values()
            yield from (one for one in methods if isinstance(one, FunctionType))
