"""What the OpenAPI document shows of requests and answers, operation by operation."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from drf_spectacular.utils import OpenApiExample

PROBLEM = "application/problem+json"
RUN = "0b6c2f4e-6c0e-4c39-9a3d-3f0f6a0c2a11"
NEW = "7d1f2a90-52f4-4b0e-8f6e-0c1f5f3d9b22"
NAME = "certification-expiry-checker"
MIDNIGHT, STARTED = "2026-06-01T00:00:00+00:00", "2026-06-01T00:00:00.012+00:00"
ENDED, TOMORROW = "2026-06-01T00:00:01.262+00:00", "2026-06-02T00:00:00+00:00"

JOB = {
    **{"name": NAME, "status": "idle", "lastRun": STARTED, "nextRun": TOMORROW},
    **{"duration": 1.25, "error": None, "title": "Certifications that expire"},
    **{"schedule": "0 2 * * *", "timezone": "Europe/Oslo", "state": "on"},
    **{"lastStatus": "succeeded", "lastSuccess": ENDED, "consecutiveFailures": 0},
    "executionId": None,
}
DEFINITION = {
    **{"handler": "certification:check", "cron": "0 2 * * *", "owner": "people"},
    **{"timezone": "Europe/Oslo", "params": {"notice_days": 30}, "tags": ["nightly"]},
    **{"max_attempts": 3, "backoff": "1m", "timeout": "10m", "enabled": True},
}
IN_FULL = {
    **JOB,
    **{"revision": 17, "definition": DEFINITION},
    **{"offUntil": None, "offReason": "", "offBy": ""},
}
OFF = {
    **IN_FULL,
    **{"state": "off", "revision": 18, "offUntil": TOMORROW, "nextRun": None},
    **{"offReason": "The source is frozen.", "offBy": "alice"},
    "definition": {**DEFINITION, "enabled": False},
}
ENDED_RUN = {
    **{"executionId": RUN, "jobName": NAME, "handler": "certification:check"},
    **{"status": "succeeded", "origin": "schedule", "requestedBy": ""},
    "target": None,
    **{"scheduledFor": MIDNIGHT, "intendedFor": MIDNIGHT, "availableAt": MIDNIGHT},
    **{"createdAt": MIDNIGHT, "startedAt": STARTED, "finishedAt": ENDED},
    **{"duration": 1.25, "attempt": 1, "worker": "web-1:4711:a1b2c3"},
    **{"itemsProcessed": 120, "progress": {"done": 120, "total": 120}},
    **{"cancelRequested": False, "reason": None, "error": None},
}
TARGET = {
    **{"target": "agency_north", "status": "succeeded", "attempt": 1},
    **{"startedAt": STARTED, "duration": 1.25, "itemsProcessed": 120, "error": None},
}
RUN_IN_FULL = {
    **ENDED_RUN,
    **{"params": {"notice_days": 30}, "result": {"paused": 3}, "rerunOf": None},
    **{"queue": "default", "priority": 20, "traceback": None, "targets": [TARGET]},
}
RESULT = {
    **{"jobName": NAME, "status": "succeeded", "duration": 1.25, "error": None},
    **{"executionId": RUN, "result": {"paused": 3}, "itemsProcessed": 120},
    **{"progress": {"done": 120, "total": 120}},
    **{"startedAt": STARTED, "finishedAt": ENDED},
}
NODE = {
    **{"name": "web-1:4711:a1b2c3", "instance": "web-1", "state": "alive"},
    **{"workers": 2, "version": "0.1.0", "schedules": True},
    **{"startedAt": MIDNIGHT, "seenAt": ENDED},
}
MACHINERY = {
    "nodes": [NODE],
    "queues": [{"queue": "default", "waiting": 3, "since": MIDNIGHT}],
    **{"parked": 0, "workers": 2, "troubles": []},
}
RECORD = {
    **{"at": ENDED, "actor": "alice", "source": "api", "address": "192.0.2.7"},
    **{"action": "edit", "jobName": NAME, "executionId": None, "allowed": True},
    **{"failed": False, "unusual": False, "reason": "Twice was too few."},
    **{"before": {"max_attempts": 2}, "after": {"max_attempts": 3}},
}
UPCOMING = {
    "words": "at 02:00 every day",
    "moments": [MIDNIGHT, TOMORROW],
    "notes": ["On 28 March 2027, 02:00 does not exist: it runs at 03:00."],
}
ANSWER = {
    **{"job": NAME, "asked": MIDNIGHT, "occurrence": MIDNIGHT, "executionId": RUN},
    **{"outcome": "succeeded", "reason": "It succeeded after 1.25 s."},
}
QUEUED = {"jobName": NAME, "executionId": NEW}

SENT: dict[str, Any] = {
    "postJobs": {
        **{"jobName": NAME, "cronExpression": "0 2 * * *"},
        **{"handler": "certification:check", "timezone": "Europe/Oslo"},
        "params": {"notice_days": 30},
    },
    "patchJob": {"cron": "0 3 * * *", "max_attempts": 3},
    "postTrigger": {
        **{"reason": "The source was late.", "notify": ["me"]},
        "target": "agency_north",
    },
    "postOff": {"reason": "The source is frozen.", "until": TOMORROW},
    "postOn": {"reason": "The source is back."},
    "postCancel": {"reason": "The wrong day."},
    "postRetry": {"params": {"notice_days": 14}, "intendedFor": MIDNIGHT},
    "postBulk": {"verb": "rerun", "executionIds": [RUN], "reason": "It is mended."},
    "postEnqueue": {
        **{"handler": "translation:ui-labels:bulk", "params": {"language": "nb"}},
        **{"priority": "high", "delay": 60, "uniqueKey": "labels-nb"},
    },
}
"""What a request holds."""

TOLD: dict[str, Any] = {
    "getJobs": {"jobs": [JOB], "next": None},
    "postJobs": {**JOB, "lastRun": None, "lastStatus": None, "lastSuccess": None},
    "getJob": IN_FULL,
    "patchJob": {**IN_FULL, "revision": 18, "schedule": "0 3 * * *"},
    "postOff": OFF,
    "postOn": IN_FULL,
    "getUpcoming": UPCOMING,
    "getWhy": ANSWER,
    "getLastResult": RESULT,
    "postTrigger": QUEUED,
    "getRuns": {"runs": [ENDED_RUN], "next": "4711"},
    "getRun": RUN_IN_FULL,
    "getLog": {"text": "3 mentors paused\n", "last": 42, "ended": True},
    "postCancel": {"executionId": RUN, "status": "cancelled"},
    "postRetry": QUEUED,
    "postBulk": {"done": [NEW], "refused": {RUN: "There is no such run."}},
    "postEnqueue": {"executionId": NEW, "isNew": True},
    "getNodes": MACHINERY,
    "getRecords": {"activity": [RECORD], "next": None},
}
"""What is answered when it is done."""

WRONG = [{"field": "handler", "detail": "There is no handler 'os.system'."}]
PROBLEMS: dict[int, dict[str, Any]] = {
    400: {"detail": "handler: There is no handler 'os.system'.", "errors": WRONG},
    401: {"detail": "Authentication credentials were not provided."},
    403: {"detail": f"You may not trigger {NAME}."},
    404: {"detail": f"There is no job {NAME}."},
    405: {"detail": 'Method "PUT" not allowed.'},
    409: {
        "detail": f"{NAME}: run 17 is running, and runs of this job do not overlap.",
        "executionId": RUN,
    },
    412: {"detail": f"{NAME} was changed meanwhile: it is at 18 now."},
    413: {"detail": "The body may have 1000000 bytes at most."},
    415: {"detail": 'Unsupported media type "text/plain" in request.'},
    428: {
        "detail": "Send the job's ETag as If-Match, so that no other edit is undone."
    },
    429: {"detail": "Request was throttled. Expected available in 7 seconds."},
    503: {"detail": "The database cannot be asked now; try again."},
}
"""What is answered when it is not, by its status."""


def examples_of(operation: str, problems: Iterable[int]) -> list[OpenApiExample]:
    """Return what the document shows of an operation, and of these problems of it."""
    shown = [_problem(status) for status in problems]
    if operation in SENT:
        shown.append(
            OpenApiExample("A request", value=SENT[operation], request_only=True)
        )
    if operation in TOLD:
        done = ["200", "201", "202"]
        told = {"value": TOLD[operation], "status_codes": done}
        shown.append(OpenApiExample("Done", response_only=True, **told))
    return shown


def _problem(status: int) -> OpenApiExample:
    title = HTTPStatus(status).phrase
    value = {"type": "about:blank", "title": title, "status": status}
    return OpenApiExample(
        title,
        value={**value, **PROBLEMS[status]},
        response_only=True,
        status_codes=[str(status)],
        media_type=PROBLEM,
    )
