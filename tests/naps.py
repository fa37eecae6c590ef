"""What a module does instead of sleeping, without touching anybody else's sleep."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import pytest


def instead_of_sleep(
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    call: Callable[[float], object] = lambda seconds: None,
) -> None:
    """Let this module's ``time.sleep`` be ``call``.

    Not ``time.sleep`` itself: threads that other tests left behind sleep too.
    """
    stand_in = SimpleNamespace(**vars(time) | {"sleep": call})
    monkeypatch.setattr(module, "time", stand_in)
