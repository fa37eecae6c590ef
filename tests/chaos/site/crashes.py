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
    "cronmgmt.engine.scheduling": ("_write", "_advance"),
    "cronmgmt.engine.loop": ("claim", "start", "execute", "finish"),
    "cronmgmt.engine.finishing": ("_finish", "record"),
    "cronmgmt.engine.recovery": ("_recover_one",),
    "cronmgmt.engine.beats": ("_write",),
}


def arm() -> None:
    """Let each step die before, inside or after its work, every so often."""
    share = float(os.environ.get("CHAOS_CRASHES", "0"))
    if not share:
        return
    for module, names in STEPS.items():
        home = import_module(module)
        for name in names:
            point = f"{module.rpartition('.')[2]}.{name}"
            setattr(home, name, _fragile(getattr(home, name), point, share))


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
