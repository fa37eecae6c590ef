"""Skipped occurrences in a row, for one reason -> one gap instead of a row each.

An earlier run that lasts an hour keeps 3,600 runs of a one-second job from starting.
The row of the first one goes when the second one follows; that neither is made again,
the job's next run says, which the same transaction moves on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import OuterRef, Subquery

from cronmgmt.models import Gap, JobRun, ScheduledJob, Status, database


@dataclass(slots=True)
class _Chain:
    """The decided occurrences of one job in order, and the last of them, if skipped."""

    tail: Gap | JobRun | None
    runs: list[JobRun] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)

    def add(self, run: JobRun) -> None:
        """Add the next occurrence's run, or let it lengthen what is there."""
        if run.status != Status.SKIPPED:
            self.runs.append(run)
            self.tail = None
        elif self.tail is None or self.tail.reason != run.reason:
            self.runs.append(run)
            self.tail = run
        else:
            self.tail = self._lengthened(self.tail, run)

    def _lengthened(self, tail: Gap | JobRun, run: JobRun) -> Gap:
        if isinstance(tail, JobRun):
            if tail.pk:
                self.gone.append(tail.pk)
            else:
                self.runs.remove(tail)
            tail = _gap_from(tail, run)
        if tail not in self.gaps:
            self.gaps.append(tail)
        assert run.scheduled_for
        tail.last, tail.count = run.scheduled_for, tail.count + 1
        return tail


def fold_skipped(runs: Sequence[JobRun], gaps: Iterable[Gap]) -> list[JobRun]:
    """Write the gaps of skipped occurrences in a row; return the runs yet to be written.

    ``runs`` are the unsaved ones of jobs whose rows this transaction has locked, and
    ``gaps`` what lies between them and what those jobs have on record.
    """
    skipped = {run.job_id for run in runs if run.status == Status.SKIPPED}
    if not skipped:
        return list(runs)
    tails = _tails(skipped - {gap.job_id for gap in gaps})
    chains: defaultdict[int, _Chain] = defaultdict(lambda: _Chain(None))
    chains.update({job: _Chain(tail) for job, tail in tails.items()})
    others = [run for run in runs if run.job_id not in skipped]
    ours = [run for run in runs if run.job_id in skipped and run.scheduled_for]
    for run in sorted(ours, key=lambda run: run.scheduled_for or run.created_at):
        assert run.job_id
        chains[run.job_id].add(run)
    _write(list(chains.values()))
    return [*others, *(run for chain in chains.values() for run in chain.runs)]


def _tails(jobs: Iterable[int | None]) -> dict[int, Gap | JobRun | None]:
    """Return what each job's latest occurrence on record is, if it was skipped."""
    runs = JobRun.objects.filter(job=OuterRef("pk"), scheduled_for__isnull=False)
    latest_run = runs.order_by("-scheduled_for").values("pk")[:1]
    latest_gap = Gap.objects.filter(job=OuterRef("pk")).order_by("-last").values("pk")
    rows = ScheduledJob.objects.filter(pk__in=list(jobs)).values_list(
        "pk", Subquery(latest_run), Subquery(latest_gap[:1])
    )
    found = list(rows)
    known_runs = JobRun.objects.only("job", "scheduled_for", "status", "reason")
    of_runs = known_runs.in_bulk([run for _, run, _ in found if run])
    of_gaps = Gap.objects.in_bulk([gap for _, _, gap in found if gap])
    return {
        job: _latest(of_runs.get(run or 0), of_gaps.get(gap or 0))
        for job, run, gap in found
    }


def _latest(run: JobRun | None, gap: Gap | None) -> Gap | JobRun | None:
    if run is None or (gap and run.scheduled_for and gap.last > run.scheduled_for):
        return gap if gap and gap.kind == Gap.Kind.SKIPPED else None
    return run if run.status == Status.SKIPPED else None


def _gap_from(first: JobRun, second: JobRun) -> Gap:
    assert first.job_id and first.scheduled_for
    return Gap(
        job_id=first.job_id,
        kind=Gap.Kind.SKIPPED,
        first=first.scheduled_for,
        last=first.scheduled_for,
        count=1,
        reason=first.reason,
        created_at=second.created_at,
    )


def _write(chains: Sequence[_Chain]) -> None:
    gaps = [gap for chain in chains for gap in chain.gaps]
    Gap.objects.bulk_update([gap for gap in gaps if gap.pk], ["last", "count"])
    Gap.objects.bulk_create([gap for gap in gaps if not gap.pk])
    gone = [key for chain in chains for key in chain.gone]
    if gone:
        JobRun.objects.filter(pk__in=gone)._raw_delete(database())
