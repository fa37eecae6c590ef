"""The lists that part ``pages`` asks for, and how the rows of its figures are named."""

from __future__ import annotations

FEW, MANY = 10_000, 1_000_000
"""The runs that are in the tables; what is aimed at compares the two."""

MOST_STATEMENTS = 12
MOST_TIMES = 1.5

JOBS = {
    "jobs": "/cron/",
    "jobs: attention": "/cron/?show=attention",
    "jobs: in error": "/cron/?state=error",
    "jobs: one tag": "/cron/?tag=tag-3",
    "jobs: one owner": "/cron/?owner=owner-2",
    "jobs: words": "/cron/?q=job-1",
    **{
        f"jobs: by {sort}": f"/cron/?sort={sort}"
        for sort in ("state", "last", "duration", "next")
    },
    "job": "/cron/jobs/job-0",
}
RUNS = {
    "runs": "/cron/runs",
    "runs: running": "/cron/runs?show=running",
    "runs: stuck": "/cron/runs?show=stuck",
    "runs: failed lately": "/cron/runs?show=failed",
    "runs: succeeded": "/cron/runs?state=succeeded",
    "runs: failures": "/cron/runs?state=failures",
    "runs: timed out": "/cron/runs?state=timed_out",
    "runs: of a job": "/cron/runs?job=job-0",
    "runs: by hand": "/cron/runs?origin=manual",
    "runs: of a person": "/cron/runs?person=person-3",
    "runs: on a node": "/cron/runs?node=node-2",
    "runs: since 3 days": "/cron/runs?since={since}",
    "runs: until 3 days ago": "/cron/runs?until={since}",
    "runs: text": "/cron/runs?text=refused",
    "runs: text that is nowhere": "/cron/runs?text=nowhere",
    "runs: failures of a job": "/cron/runs?job=job-0&state=failures",
    "runs: text, of a job": "/cron/runs?job=job-0&text=refused",
    "runs: person and node": "/cron/runs?person=person-3&node=node-2",
    "runs: failures, text, time": (
        "/cron/runs?state=failures&text=refused&since={since}&until={until}"
    ),
}
OTHERS = {
    "activity": "/cron/activity",
    "activity: of a person": "/cron/activity?person=person-3",
    "activity: of a job": "/cron/activity?job=job-0",
    "activity: one action": "/cron/activity?action=trigger",
    "activity: refused": "/cron/activity?verdict=refused",
    "activity: failed": "/cron/activity?verdict=failed",
    "activity: unusual": "/cron/activity?verdict=unusual",
    "activity: person and action": "/cron/activity?person=person-3&action=cancel",
    "activity: since 3 days": "/cron/activity?since={since}",
    "upcoming": "/cron/upcoming",
    "system": "/cron/system",
    "status, for programs": "/api/jobs/status",
}
PAGES = {**JOBS, **RUNS, **OTHERS}
"""What a page is called, and its address; ``since`` and ``until`` are filled in."""


def sql_time(page: str, runs: int) -> str:
    """Return how the row of a page's SQL time is named."""
    return f"{page}: SQL, {runs:,} runs"


def statements(page: str, runs: int) -> str:
    """Return how the row of the number of a page's statements is named."""
    return f"{page}: statements, {runs:,} runs"
