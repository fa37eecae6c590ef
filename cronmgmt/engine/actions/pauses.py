"""Switch everything, or all jobs of a tag, off for a while, and on again."""

from __future__ import annotations

from datetime import datetime

from cronmgmt import clock
from cronmgmt.engine.actions.actor import CODE, Actor, Attempt, attempted
from cronmgmt.engine.pauses import put_off, take_up
from cronmgmt.errors import Refused
from cronmgmt.models import Pause, database
from cronmgmt.text import clean_text

PERMISSION = "switch_scheduledjob"


def pause(
    actor: Actor = CODE,
    *,
    tag: str = "",
    until: datetime | None = None,
    reason: str = "",
) -> Pause:
    """Let no occurrence run from now on, of any job or of those with ``tag``.

    It ends by itself at ``until``, if that is given. Runs that are queued already,
    and what people trigger, go on. Raises Refused when such a pause is under way.
    """

    def work() -> Pause:
        now = clock.now(database())
        if until is not None and until <= now:
            raise Refused("The date until which they are off has passed already.")
        if already := _under_way(tag, now):
            raise Refused(f"{already[0].sentence()} End that first.")
        made = Pause.objects.create(
            scope=Pause.Scope.TAG if tag else Pause.Scope.EVERYTHING,
            tag=clean_text(tag, 100),
            since=now,
            until=until,
            reason=clean_text(reason, 500),
            by=actor.label,
        )
        put_off(made, now)
        return made

    return attempted(_attempt(actor, "switch off", tag, reason), work)


def end_pause(actor: Actor = CODE, *, tag: str = "", reason: str = "") -> Pause:
    """End the pause of everything, or of the jobs with ``tag``, before its time.

    The jobs continue with their next future occurrence. Raises Refused without one.
    """

    def work() -> Pause:
        now = clock.now(database())
        found = _under_way(tag, now)
        if not found:
            what = f"jobs with the tag {tag}" if tag else "everything"
            raise Refused(f"There is no pause of {what}.")
        for each in found:
            each.until, each.ended_by = now, actor.label
            each.save()
        take_up(found[0], now)
        return found[0]

    return attempted(_attempt(actor, "switch on", tag, reason), work)


def _under_way(tag: str, now: datetime) -> list[Pause]:
    scope = Pause.Scope.TAG if tag else Pause.Scope.EVERYTHING
    return [
        each
        for each in Pause.not_over(now)
        if (each.scope, each.tag) == (scope, clean_text(tag, 100))
    ]


def _attempt(actor: Actor, action: str, tag: str, reason: str) -> Attempt:
    name = f"tag {tag}" if tag else "everything"
    return Attempt(actor, action, PERMISSION, name, reason=reason)
