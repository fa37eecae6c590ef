"""JobRun: one piece of work from decision to outcome. This table is the queue."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cronmgmt.models.base import Model
from cronmgmt.models.job import OnLost, Priority, ScheduledJob
from cronmgmt.models.updating import update
from cronmgmt.targets import LONGEST
from cronmgmt.text import NAME_LENGTH


class Status(models.TextChoices):
    """Where a run stands. A finished run is never reopened."""

    QUEUED = "queued", _("queued")  # waits for a worker, or for its time
    WAITING = "waiting", _("waiting")  # parked until its lock is free
    CLAIMED = "claimed", _("claimed")  # held by a worker, provably not started
    RUNNING = "running", _("running")  # its handler may have been called
    SUCCEEDED = "succeeded", _("succeeded")
    FAILED = "failed", _("failed")  # the handler raised, at its last attempt
    TIMED_OUT = "timed_out", _("timed out")
    LOST = "lost", _("lost")  # its worker died, and no further try was allowed
    CANCELLED = "cancelled", _("cancelled")
    SKIPPED = "skipped", _("skipped")  # decided without running: overlap
    MISSED = "missed", _("missed")  # decided without running: nobody was there


UNFINISHED = (Status.QUEUED, Status.WAITING, Status.CLAIMED, Status.RUNNING)
HELD = (Status.CLAIMED, Status.RUNNING)
FAILURES = (Status.FAILED, Status.TIMED_OUT, Status.LOST)
EXECUTED = (Status.SUCCEEDED, *FAILURES)


class Origin(models.TextChoices):
    """Why a run exists."""

    SCHEDULE = "schedule", _("schedule")
    CATCH_UP = "catch-up", _("catch-up")
    MANUAL = "manual", _("manual")
    RERUN = "rerun", _("re-run")
    BACKFILL = "backfill", _("backfill")
    ENQUEUE = "enqueue", _("application")
    API = "api", _("API")


class JobRun(Model):
    """One occurrence, trigger or queued piece of work, over all its attempts.

    It is self-contained: it copies what execution needs from the job, so that an edit
    or a delete never changes a run under way and claiming needs no join.
    """

    execution_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    job = models.ForeignKey(
        ScheduledJob, models.SET_NULL, null=True, related_name="runs", db_index=False
    )
    job_name = models.CharField(max_length=NAME_LENGTH)
    handler = models.CharField(max_length=200)
    params = models.JSONField(default=dict)
    # The one it is for, of those that its handler goes over; blank: for all of them.
    target = models.CharField(max_length=LONGEST, blank=True, default="", db_default="")
    queue = models.CharField(max_length=100, default="default")
    priority = models.SmallIntegerField(default=Priority.NORMAL)
    origin = models.CharField(max_length=10, choices=Origin.choices)
    # Text, not a foreign key: users may live in another database, and a run stays
    # when the person goes.
    requested_by = models.CharField(max_length=150, blank=True)
    # Work that is queued under a key; ``active_key`` sees to it that there is one only.
    unique_key = models.CharField(max_length=200, blank=True, default="", db_default="")
    # Who is told by e-mail when it has ended; see ``enqueue``.
    notify = models.JSONField(null=True)

    scheduled_for = models.DateTimeField(null=True)  # by the scheduler only
    intended_for = models.DateTimeField(null=True)  # what the handler sees
    rerun_of = models.UUIDField(null=True)
    available_at = models.DateTimeField()
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    reason = models.TextField(blank=True)  # a sentence, unless it simply succeeded

    attempt = models.PositiveSmallIntegerField(default=0)
    losses = models.PositiveSmallIntegerField(default=0)
    claims = models.PositiveIntegerField(default=0)
    timeout = models.DurationField(null=True)
    max_attempts = models.PositiveSmallIntegerField(default=1)
    backoff = models.DurationField(null=True)
    backoff_ceiling = models.DurationField(null=True)
    retry_on = models.JSONField(null=True)
    start_by = models.DateTimeField(null=True)  # not for the first time after it
    memory_limit = models.PositiveIntegerField(null=True)  # MB
    on_lost = models.CharField(max_length=10, default=OnLost.REQUEUE)

    # The lock it runs under: its name, if jobs share it, and its key, a digest; no key,
    # no lock. It starts only while fewer than ``concurrency`` runs hold the key.
    # The database's own defaults let code that does not know them yet go on working.
    lock_key = models.CharField(max_length=100, blank=True, default="", db_default="")
    lock_digest = models.CharField(max_length=64, blank=True, default="", db_default="")
    concurrency = models.PositiveSmallIntegerField(default=1, db_default=1)
    waits_for = models.CharField(max_length=64, null=True)  # noqa: DJ001, a key; parked

    active_key = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001
    worker = models.CharField(max_length=200, blank=True)
    claim_token = models.CharField(max_length=32, blank=True)
    lease_expires_at = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)

    progress_done = models.BigIntegerField(null=True)
    progress_total = models.BigIntegerField(null=True)
    items_processed = models.BigIntegerField(null=True)
    duration = models.FloatField(null=True)  # seconds, by a clock that never jumps
    cpu_seconds = models.FloatField(null=True)
    peak_memory = models.BigIntegerField(null=True)  # bytes, of the worker process
    # Set by the claim: what the database's clock showed then, and a local reading.
    clock_read: datetime
    seen: float

    checkpoint = models.JSONField(null=True)
    result = models.JSONField(null=True)
    error_class = models.CharField(max_length=200, blank=True)
    error_message = models.TextField(blank=True)
    traceback = models.TextField(blank=True)

    class Meta(Model.Meta):
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-id"]
        constraints = [
            # An occurrence is dispatched once, whatever schedulers and ticks race.
            models.UniqueConstraint(
                fields=["job", "scheduled_for"], name="cronmgmt_run_once"
            ),
        ]
        indexes = [
            models.Index(fields=["job", "-id"], name="cronmgmt_run_history"),
            models.Index(fields=["finished_at", "job"], name="cronmgmt_run_finished"),
        ]
        permissions = [
            ("cancel_jobrun", "Can cancel a run"),
            ("rerun_jobrun", "Can run a finished run again"),
            ("view_error_jobrun", "Can read tracebacks"),
        ]

    def __str__(self) -> str:
        return f"{self.job_name} {self.execution_id}"

    @property
    def is_finished(self) -> bool:
        """Whether the run has its outcome."""
        return self.status not in UNFINISHED

    @property
    def fencing_token(self) -> int:
        """A number that grows with every claim of a job's runs."""
        return int(self.pk) * 65_536 + self.claims


def move(run_id: int, held_as: str, token: str, **changes: Any) -> bool:
    """Change a held run; False if another owner or outcome came first.

    Every transition of a claimed or running run is this one UPDATE. Values may be NOW,
    Later and More of ``cronmgmt.models.updating``.
    """
    return update(JobRun, changes, pk=run_id, status=held_as, claim_token=token) == 1


class RunAttempt(Model):
    """An attempt that did not end its run: it was retried, lost or handed back."""

    run = models.ForeignKey(JobRun, models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    worker = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField()
    error_class = models.CharField(max_length=200, blank=True)
    error_message = models.TextField(blank=True)
    traceback = models.TextField(blank=True)

    class Meta(Model.Meta):
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.run_id}: attempt {self.number} {self.outcome}"


class RunLog(Model):
    """A piece of what a handler printed or logged, appended while it runs."""

    run = models.ForeignKey(JobRun, models.CASCADE, related_name="log")
    attempt = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    text = models.TextField()

    class Meta(Model.Meta):
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.run_id} at {self.at}"
