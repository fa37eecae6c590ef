"""Switch everything, or all jobs of a tag, off for a while, and on again."""

from __future__ import annotations

from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from cronmgmt import clock
from cronmgmt.engine.actions.access import refuse_unless_all
from cronmgmt.engine.actions.actor import CODE, Actor, Attempt, attempted, permitted
from cronmgmt.engine.pauses import put_off, take_up
from cronmgmt.engine.snapshots import plain
from cronmgmt.errors import Refused
from cronmgmt.models import Pause, ScheduledJob, database
from cronmgmt.text import clean_text

PERMISSION = "switch_scheduledjob"


def permit_pause(actor: Actor, *, tag: str = "") -> None:
    """Return if the actor may pause everything, or the jobs with a tag.

    Raises Forbidden, which is on record like any other attempt.
    """
    attempt = _attempt(actor, "switch off", tag, "")
    permitted(attempt, lambda: _refuse_unless_all(actor, tag))


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
        _refuse_unless_all(actor, tag)
        now = clock.now(database())
        if until is not None and until <= now:
            raise Refused(
                gettext_lazy("The date until which they are off has passed already.")
            )
        _refuse_a_second(tag, now)
        made = Pause.objects.create(
            scope=_scope(tag),
            tag=clean_text(tag, 100),
            since=now,
            until=until,
            reason=clean_text(reason, 500),
            by=actor.label,
        )
        put_off(made, now)
        attempt.change.after = {"until": plain(until)}
        return made

    attempt = _attempt(actor, "switch off", tag, reason)
    return attempted(attempt, work)


def end_pause(actor: Actor = CODE, *, tag: str = "", reason: str = "") -> Pause:
    """End the pause of everything, or of the jobs with ``tag``, before its time.

    The jobs continue with their next future occurrence. Raises Refused without one.
    """

    def work() -> Pause:
        _refuse_unless_all(actor, tag)
        now = clock.now(database())
        found = _under_way(tag, now)
        if not found:
            text = gettext_lazy("There is no pause of everything.")
            if tag:
                text = gettext_lazy("There is no pause of jobs with the tag {tag}.")
            raise Refused(format_lazy(text, tag=tag))
        attempt.change.before = {"until": plain(found[0].until)}
        attempt.change.after = {"until": plain(now)}
        for each in found:
            each.until, each.ended_by = now, actor.label
            each.save()
        take_up(found[0], now)
        return found[0]

    attempt = _attempt(actor, "switch on", tag, reason)
    return attempted(attempt, work)


def _refuse_a_second(tag: str, now: datetime) -> None:
    for already in _under_way(tag, now):
        text = gettext_lazy("{pause} End that first.")
        raise Refused(format_lazy(text, pause=already.sentence()))


def _refuse_unless_all(actor: Actor, tag: str) -> None:
    whom = Pause(scope=_scope(tag), tag=clean_text(tag, 100))
    rows = ScheduledJob.objects.filter(pk__in=actor.barred, retired_at=None)
    refuse_unless_all(actor, filter(whom.covers, rows))


def _scope(tag: str) -> Pause.Scope:
    return Pause.Scope.TAG if tag else Pause.Scope.EVERYTHING


def _under_way(tag: str, now: datetime) -> list[Pause]:
    scope = _scope(tag)
    return [
        each
        for each in Pause.not_over(now)
        if (each.scope, each.tag) == (scope, clean_text(tag, 100))
    ]


def _attempt(actor: Actor, action: str, tag: str, reason: str) -> Attempt:
    name = f"tag {tag}" if tag else "everything"
    return Attempt(actor, action, PERMISSION, reason=reason, subject=name)
