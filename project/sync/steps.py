"""How far a walk over the keys of a table is, so that a later attempt goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Protocol


class Reporter(Protocol):
    """What of a run a walk uses."""

    def checkpoint(self, value: Any = ...) -> Any:
        """Keep a value for a later attempt, or return the one kept last."""

    def progress(self, done: int, total: int | None = None) -> None:
        """Say how far the work is."""


class Steps:
    """The key after which to go on, and what was counted up to there."""

    def __init__(self, run: Reporter, total: int | None = None) -> None:
        kept = run.checkpoint() or {}
        self.after: int | None = kept.get("after")
        self.counts: Counter[str] = Counter(kept.get("counts"))
        self._run, self._total = run, total

    def done(self, counts: Mapping[str, int], until: int | None) -> None:
        """Note a step that ended at the key ``until``; None when it was the last."""
        self.counts.update(counts)
        self._run.progress(self.counts["read"], self._total)
        if until is not None:
            self.after = until
            self._run.checkpoint({"after": until, "counts": dict(self.counts)})


class Part:
    """One table's share of a run that walks over several, one after the other."""

    def __init__(self, run: Reporter, name: str, before: int) -> None:
        self._run, self._name, self._before = run, name, before

    def checkpoint(self, *values: Any) -> Any:
        kept = self._run.checkpoint() or {}
        if values:
            kept = self._run.checkpoint({**kept, self._name: values[0]}) or {}
        return kept.get(self._name)

    def progress(self, done: int, total: int | None = None) -> None:
        self._run.progress(self._before + done)
