"""A run over many databases or tenants: its handler is called for each, in order."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from cronmgmt import clock
from cronmgmt.engine.context import Run
from cronmgmt.engine.outcomes import (
    ASKED_FOR,
    HANDED_BACK,
    STALE,
    TRACEBACK_LIMIT,
    Outcome,
    raised,
    redacted,
    succeeded,
)
from cronmgmt.engine.supervision import Watch
from cronmgmt.engine.transactions import in_transaction
from cronmgmt.errors import LeaseLost
from cronmgmt.models import JobRun, Status, TargetResult, move
from cronmgmt.registry import Handler
from cronmgmt.targets import choose, listed
from cronmgmt.telemetry import logs
from cronmgmt.text import clean_text

Call = Callable[[Callable[[], Any]], Outcome]
"""Calls a function as a handler is called: whatever it does is an outcome."""

NOT_TOLD = (HANDED_BACK, STALE)
"""What says nothing of the target: it is begun anew, by whoever has the run then."""


def go_over(
    handler: Handler, watch: Watch, call: Call, work: Callable[[], Any]
) -> Outcome:
    """Call ``work`` for each target that did not succeed in this run before.

    What one of them raises stops no other; what stops the run, stops all.
    """
    row, names = watch.row, list[str]()
    found = call(lambda: names.extend(_names(handler, row)))
    if found.status != Status.SUCCEEDED:
        return found
    tour = _Tour(watch, names)
    for name in names:
        if tour.is_done(name):
            continue
        if watch.gate.pending is not None:
            return tour.stopped(raised(watch.gate.pending, row.timeout))
        outcome = tour.visit(name, call, work)
        if _stops_all(outcome):
            return tour.stopped(outcome)
    watch.run.count_targets(len(names), len(names))
    return tour.verdict()


def _names(handler: Handler, row: JobRun) -> list[str]:
    """Return what to go over, once the parameters are known to fit."""
    names = choose(row.job_name, handler.targets, row.target)
    handler.arguments(row.params)
    return names


def _stops_all(outcome: Outcome) -> bool:
    """Return whether that was no target's own affair: a time-out, Ctrl-C, a shutdown."""
    ended = outcome.status in (*NOT_TOLD, Status.CANCELLED)
    return ended or KeyboardInterrupt.__name__ in outcome.kinds


class _Tour:
    """The targets of one run: what became of each, in this attempt or before."""

    def __init__(self, watch: Watch, names: list[str]) -> None:
        self.watch = watch
        self.names = names
        kept = TargetResult.objects.filter(run=watch.row)
        kept = kept.only("run_id", "target", "status", "items")
        self.results = {each.target: each for each in kept}
        self.outcomes: dict[str, Outcome] = {}
        self.traceback = ""

    def is_done(self, name: str) -> bool:
        """Return whether that one succeeded, in this attempt or before."""
        known = self.results.get(name)
        return known is not None and known.status == Status.SUCCEEDED

    def visit(self, name: str, call: Call, work: Callable[[], Any]) -> Outcome:
        """Do the work for one target, and keep how it went."""
        run, output = self.watch.run, self.watch.output
        done = sum(map(self.is_done, self.names)) + self._failed_now()
        run.begin_target(name, done, len(self.names), self._items())
        output.write(f"Target {name}:\n")
        started_at, began = _now(self.watch.row), time.monotonic()
        outcome = call(work)
        outcome.duration = time.monotonic() - began
        redacted(outcome, output.redactor)
        said = f"failed: {outcome.reason}"
        if outcome.status == Status.SUCCEEDED:
            said = f"succeeded in {outcome.duration:.1f} s."
        output.write(f"Target {name} {said}\n")
        if outcome.status in NOT_TOLD:
            return outcome
        result = self._result(name, outcome, run)
        result.started_at = started_at
        if not in_transaction(partial(self._write, result)):
            return raised(LeaseLost("Another worker owns this run by now."), None)
        self.results[name], self.outcomes[name] = result, outcome
        logs.target_ended(self.watch.row, name, outcome)
        if outcome.status == Status.FAILED and not _stops_all(outcome):
            # One text of them all, so that a thousand are no more than it may hold.
            both = f"{self.traceback}Target {name}:\n{outcome.traceback}\n"
            self.traceback, outcome.traceback = clean_text(both, TRACEBACK_LIMIT), ""
        return outcome

    def _failed_now(self) -> int:
        return sum(each.status != Status.SUCCEEDED for each in self.outcomes.values())

    def _items(self) -> int | None:
        counts = [each.items for each in self.results.values() if self._counts(each)]
        known = [count for count in counts if count is not None]
        return sum(known) if known else None

    def _counts(self, result: TargetResult) -> bool:
        return result.target in self.outcomes or self.is_done(result.target)

    def _result(self, name: str, outcome: Outcome, run: Run) -> TargetResult:
        known = self.results.get(name)
        result = TargetResult(pk=known.pk if known else None, run=self.watch.row)
        result.target, result.attempt = name, self.watch.row.attempt
        result.status, result.duration = outcome.status, outcome.duration
        result.items = run.items_of_target()
        result.error_class = outcome.error_class
        result.error_message = outcome.error_message
        return result

    def _write(self, result: TargetResult) -> bool:
        """Write it if the run is ours; with that, its row is locked."""
        row, report = self.watch.row, self.watch.run.report()
        is_known = result.target in self.results
        ours = move(row.pk, Status.RUNNING, row.claim_token, **report)
        if ours:
            result.save(force_update=is_known, force_insert=not is_known)
        return ours

    def stopped(self, outcome: Outcome) -> Outcome:
        """Return the outcome of a run that did not get to its end."""
        outcome.went_on = bool(self.outcomes)
        return outcome

    def verdict(self) -> Outcome:
        """Return how the run ended: failed if any target did."""
        failed = [name for name in self.names if not self.is_done(name)]
        number = len(self.names)
        counts = {"total": number, "succeeded": number - len(failed)}
        counts["failed"] = len(failed)
        if not failed:
            return succeeded({"targets": counts})
        noun = "target" if number == 1 else "targets"
        why = f"{len(failed)} of {number} {noun} failed: {listed(failed)}."
        ended = [self.outcomes[name] for name in failed]
        waits = [each.retry_after for each in ended if each.retry_after is not None]
        kinds = frozenset[str]().union(*(each.kinds for each in ended))
        return Outcome(
            Status.FAILED,
            why,
            {"targets": counts},
            error_class="TargetsFailed",
            error_message=why,
            traceback=self.traceback,
            may_retry=any(each.may_retry for each in ended),
            retry_after=max(waits, default=None),
            kinds=ASKED_FOR if kinds >= ASKED_FOR else kinds,
        )


def _now(row: JobRun) -> Any:
    return clock.after(row.clock_read, time.monotonic() - row.seen)
