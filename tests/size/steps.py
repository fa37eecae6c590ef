"""What is measured, one step after the other, on one database."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta

from django.utils import timezone

from cronmgmt.engine import looking, recovery, retention, rings, scheduling
from cronmgmt.engine.claiming import claim, give_back, start
from cronmgmt.engine.finishing import finish
from cronmgmt.engine.outcomes import succeeded
from cronmgmt.models import Gap, JobRun, RunAttempt, RunLog, ScheduledJob, Status
from tests.engine.plans import ALL, explain
from tests.scenarios.waiting import wait_until
from tests.size import rows

KEPT = timedelta(days=90)
BESIDE = "beside"
JOBS_WITH_HISTORY = 1000


class Silent:
    """A doorbell that nobody hears."""

    def ring(self, queue, runs):
        pass


class Steps:
    """The steps; each says what it found."""

    def __init__(self, options):
        self.options = options
        # Nobody is there yet who could answer.
        rings.doorbell = Silent

    def fill(self):
        """Make the history, of which half is past its retention."""
        rows.make_jobs(JOBS_WITH_HISTORY, "past")
        keys = list(ScheduledJob.objects.values_list("pk", flat=True).order_by("pk"))
        took, _ = timed(
            lambda: rows.make_history(self.options.runs, keys, self.options.days)
        )
        rows.analyze()
        say("filled", f"{took:.0f} s")

    def schedule(self):
        """Let all jobs be due at one instant; each is queued exactly once."""
        due = timezone.now().replace(second=0, microsecond=0)
        rows.make_jobs(self.options.jobs, "due", next_run_at=due, queue="due")
        batches = []

        def work():
            decided = scheduling.BATCH
            while decided:
                took, decided = timed(
                    lambda: scheduling.queue_due(due, due - timedelta(hours=1))
                )
                batches.append(took)

        took, _ = timed(work)
        made = JobRun.objects.filter(scheduled_for=due, queue="due")
        assert made.count() == self.options.jobs
        assert made.values("job").distinct().count() == self.options.jobs
        say(
            f"{self.options.jobs:,} jobs due at one instant, all queued",
            f"{took:.2f} s",
        )
        say("  a batch of 500", spread(batches))

    def claim(self):
        """Take from a long queue, from its head and from where the last one ended."""
        rows.make_queue(self.options.queued, "long")
        rows.analyze()
        claims = []
        for _ in range(200):
            took, found = timed(lambda: claim("long"))
            assert len(found.runs) == 1
            claims.append(took)
        say(f"claim with {self.options.queued:,} queued", spread(claims))
        looks = [timed(lambda: looking.look(at_leases=True))[0] for _ in range(200)]
        say("look of the scheduler", spread(looks))
        around = [timed(lambda: looking.look_around("nobody"))[0] for _ in range(20)]
        say("look around", spread(around))

    def explain(self):
        """See that the database itself chooses the indexes."""
        JobRun.objects.filter(status=Status.CLAIMED).update(
            lease_expires_at=timezone.now() - timedelta(seconds=1)
        )
        pruning = retention.Pruning()
        for name, work in {
            "look": lambda: looking.look(at_leases=True),
            "claim": lambda: give_back(claim("long").runs),
            "recovery": recovery.recover_expired,
            "prune": pruning.go_on,
        }.items():
            explained = [each for each in explain(work) if is_large(each.sql)]
            read = set().union(*(each.reads for each in explained))
            say(f"{name} reads", ", ".join(sorted(read)))
            assert ALL not in read, [e.sql for e in explained if ALL in e.reads]

    def prune(self, start_node):
        """Let a node prune to the end while a job runs each second, and runs beside."""
        # None of them comes due, nor is one mended.
        ours = ScheduledJob.objects.filter(handler="t:nothing")
        ours.update(retired_at=timezone.now(), next_run_at=None)
        waiting = JobRun.objects.filter(status__in=("queued", "claimed"))
        waiting._raw_delete(waiting.db)
        old = timezone.now() - KEPT
        doomed = JobRun.objects.filter(finished_at__lt=old, status="succeeded")
        before, first = doomed.count(), doomed.order_by("job_id", "pk").first()
        say("rows before", totals())
        node = start_node()
        try:
            ticks = JobRun.objects.filter(job_name="ticks", status="succeeded")
            wait_until(ticks.exists, 60, "the node runs jobs")
            wait_until(gone(first.pk), 90, "the node prunes")
            since, left = timezone.now(), doomed.count()
            waits = self.work_beside(doomed)
            until = timezone.now()
            took, pruned = (until - since).total_seconds(), left - doomed.count()
            say(f"pruned {pruned:,} runs", f"{took:.0f} s, {pruned / took:.0f}/s")
            say(
                "left of what was past its retention", f"{doomed.count()} of {before:,}"
            )
            say("rows afterwards", totals())
            for step, times in waits.items():
                say(f"  {step} beside it, {len(times)} times", spread(times))
            say("  lateness of a job each second", lateness(ticks, since, until))
            time.sleep(15)
            after = lateness(ticks, until, timezone.now())
            say("  and afterwards", after)
        except AssertionError:
            print(node.output()[-3000:])  # noqa: T201
            raise
        finally:
            node.end()

    def work_beside(self, doomed):
        """Claim, start and finish runs until all is pruned; say how long each took."""
        waits = {"claim": [], "start": [], "finish": []}
        until = time.monotonic() + self.options.seconds
        while time.monotonic() < until:
            for _ in range(20):
                rows.make_queue(1, BESIDE)
                took, found = timed(lambda: claim(BESIDE))
                waits["claim"].append(took)
                for run in found.runs:
                    took, started = timed(lambda run=run: start(run))
                    waits["start"].append(took)
                    took, done = timed(lambda run=run: finish(run, succeeded(None)))
                    waits["finish"].append(took)
                    assert started and done.recorded
                time.sleep(0.05)
            if not doomed.exists():
                break
        return waits


def gone(key):
    return lambda: not JobRun.objects.filter(pk=key).exists()


def totals():
    """Say how many rows each table has that pruning is about."""
    tables = (JobRun, RunLog, RunAttempt, Gap)
    return ", ".join(f"{t.objects.count():,} {t._meta.model_name}" for t in tables)


def lateness(ticks, since, until):
    """Say how late runs started that were due in a stretch of time."""
    done = ticks.filter(scheduled_for__gt=since, scheduled_for__lt=until)
    late = [
        (run.started_at - run.scheduled_for).total_seconds()
        for run in done.only("started_at", "scheduled_for")
    ]
    due = int((until - since).total_seconds())
    return f"{spread(late)} ({len(late)} of {due} ran)"


def is_large(sql):
    """Leave out what only asks for the least or highest key."""
    ends = sql.lstrip().startswith(("SELECT MAX", "SELECT MIN"))
    return "cronmgmt_jobrun" in sql and not ends


def spread(values):
    """Return median, 99th percentile and maximum in milliseconds."""
    ordered = sorted(value * 1000 for value in values)
    if not ordered:
        return "none"
    p99 = ordered[min(len(ordered) * 99 // 100, len(ordered) - 1)]
    middle = statistics.median(ordered)
    return f"median {middle:.1f}, p99 {p99:.1f}, most {ordered[-1]:.1f} ms"


def timed(work):
    """Return the seconds that ``work`` took, and what it returned."""
    began = time.monotonic()
    answer = work()
    return time.monotonic() - began, answer


def say(what, found):
    print(f"{what:<55} {found}", flush=True)  # noqa: T201
