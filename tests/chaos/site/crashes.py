"""Named points around the engine's transactions at which a process may die.

CHAOS_CRASHES is the share of passes at which it does, for instance 0.002. The point is
noted first, so that the report can say which were tried.
"""

from __future__ import annotations

import functools
import os
import random
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

STEPS = {
    "scheduling": ("in_transaction", "_write", "_advance", "make_way", "cancel"),
    "loop": ("claim", "start", "execute", "finish", "give_back"),
    "claiming": ("in_transaction", "_start_under_lock", "take"),
    "locks": ("in_transaction", "take", "release", "_park", "_wake", "_wake_all"),
    "replacing": ("pass_on",),
    "finishing": ("in_transaction", "_finish", "record", "keep_attempt"),
    "transactions": ("in_transaction",),
    "recovery": ("_recover_one", "_queue_again", "record"),
    "beats": ("in_transaction", "_write"),
}
"""Steps by their module. Around ``in_transaction`` is before a transaction and right
after its commit; around any other is before its first statement or inside."""


def arm() -> None:
    """Let each step die before, inside or after its work, every so often."""
    share = float(os.environ.get("CHAOS_CRASHES", "0"))
    if not share:
        return
    for module, names in STEPS.items():
        home = import_module(f"cronmgmt.engine.{module}")
        for name in names:
            step = _fragile(getattr(home, name), f"{module}.{name}", share)
            setattr(home, name, step)


def _fragile(step: Callable[..., Any], point: str, share: float) -> Callable[..., Any]:
    @functools.wraps(step)
    def stepping(*arguments: Any, **options: Any) -> Any:
        _perhaps(f"before {point}", share)
        result = step(*arguments, **options)
        _perhaps(f"after {point}", share)
        return result

    return stepping


def _perhaps(point: str, share: float) -> None:
    # Not the seeded generator: forked processes would all draw the same.
    if random.SystemRandom().random() < share:
        with open(os.environ["SITE_WITNESS"] + ".crashes", "a") as file:
            file.write(f"{time.time():.3f} {os.getpid()} {point}\n")
        os._exit(9)
