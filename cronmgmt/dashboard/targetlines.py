"""How a run went for each of its targets -> what a page shows of it, to this person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cronmgmt import queries
from cronmgmt.dashboard.rows import Viewer
from cronmgmt.models import Status, TargetResult
from cronmgmt.queries import TargetRecord

SHOWN = 100
"""So many are on a page: those that did not succeed come first."""


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One target as a page shows it."""

    result: TargetResult
    viewer: Viewer

    @property
    def error(self) -> str:
        text = self.result.error_message
        return queries.shown_error(text, allowed=self.viewer.errors)


def target_rows(results: Sequence[TargetResult], viewer: Viewer) -> dict[str, Any]:
    """Return the rows of a run's page, and how many others there are."""
    shown = sorted(results, key=_is_good)[:SHOWN]
    return {
        "targets": [TargetRow(each, viewer) for each in shown],
        "more_targets": len(results) - len(shown),
    }


def target_lines(records: Sequence[TargetRecord]) -> dict[str, Any]:
    """Return the rows of a job's page, and how many others there are."""
    shown = sorted(records, key=lambda each: _is_good(each.latest))[:SHOWN]
    return {"targets": shown, "more_targets": len(records) - len(shown)}


def _is_good(result: TargetResult) -> bool:
    return result.status == Status.SUCCEEDED
