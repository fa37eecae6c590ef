"""Nightly schedules -> some that show something within seconds, as an admin sets them."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from cronmgmt import Refused
from cronmgmt.engine.actions import Actor, save_job, switch_off, trigger
from cronmgmt.models import Activity, ScheduledJob

FASTER = {
    "members": ("cron", "* * * * *"),
    "health-check": ("interval", "10s"),
}
SYNCS = ("members", "facilities-regions", "positions")
RESTING = "intercom"
REASON = "So that the demo shows something soon."


def quicken() -> None:
    """Let the jobs run often, except those that somebody has edited already."""
    for name, (kind, expression) in FASTER.items():
        if Activity.objects.filter(job_name=name, action="edit").exists():
            continue
        job = ScheduledJob.objects.get(name=name)
        job.schedule_kind, job.schedule_expression = kind, expression
        save_job(job, _manager(), reason=REASON)


def rest() -> None:
    """Switch one job off for a few days, unless somebody has used its switch."""
    if Activity.objects.filter(job_name=RESTING, action__startswith="switch").exists():
        return
    until = timezone.now() + timedelta(days=3)
    why = "The contacts are being moved; ask Ada before you switch it on."
    switch_off(RESTING, _manager(), until=until, reason=why)


def start_something_long() -> None:
    """Have something to watch at once, unless it goes on already."""
    with suppress(Refused):
        trigger("demo:archive", _manager(), reason="To have something to watch.")


def fill_the_copies() -> None:
    """Queue the first sync of each table, unless one waits already."""
    for name in SYNCS:
        with suppress(Refused):
            trigger(name, _manager(), reason="The copy is empty.")


def _manager() -> Actor:
    user = User.objects.get(username="manager")
    return Actor(user.username, "admin", user=user)
