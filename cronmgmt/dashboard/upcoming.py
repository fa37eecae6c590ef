"""Now and the next 24 hours: what runs when, for how long, and what comes together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cronmgmt import clock, queries
from cronmgmt.dashboard import lanes
from cronmgmt.dashboard.access import for_members
from cronmgmt.dashboard.frame import let_in, show
from cronmgmt.dashboard.pauselines import pause_lines
from cronmgmt.dashboard.rows import QUICK, SLOW
from cronmgmt.models import ScheduledJob, database
from cronmgmt.queries import Lane, Outlook

HOURS = 25
"""From the hour that has begun: so the next 24 are always whole."""

SHOWN = 100
"""So many jobs have a lane; the load counts the others too."""

LISTED = 200
"""So many starts are in the table."""


@dataclass(frozen=True, slots=True)
class LaneRow:
    """One job's lane. ``count`` is text: of many starts only so much is known.

    ``is_going``: a run of it is under way.
    """

    job: ScheduledJob
    drawing: SafeString
    first: datetime
    count: str
    seconds: float
    is_long: bool
    is_going: bool


@dataclass(frozen=True, slots=True)
class Start:
    """One line of the table."""

    at: datetime
    job: ScheduledJob
    seconds: float


@dataclass(frozen=True, slots=True)
class Peak:
    """A moment at which many jobs run at once."""

    at: datetime
    count: int
    names: str
    is_above: bool


@require_safe
@for_members()
def upcoming(request: HttpRequest) -> HttpResponse:
    """Show what runs, and what the schedules say."""
    viewer = let_in(request)
    now = clock.now(database())
    begin = _hour_of(now)
    end = begin + timedelta(hours=HOURS)
    pauses = queries.pauses(now)
    outlook = queries.outlook(now, begin, end, pauses, viewer.actor)
    workers = sum(node.workers for node in queries.live_nodes())
    context = {
        "now": now,
        "hours": _hours(begin),
        "rows": [_row(each, outlook) for each in outlook.lanes[:SHOWN]],
        "going": outlook.going[:SHOWN],
        "more_going": max(len(outlook.going) - SHOWN, 0),
        "unshown": max(len(outlook.lanes) - SHOWN, 0),
        "is_cut": outlook.is_cut,
        "goes_on": any(each.goes_on for each in outlook.lanes[:SHOWN]),
        "most": queries.MOST_JOBS,
        "load": lanes.load(outlook, workers),
        "most_at_once": max(outlook.load, default=0),
        "workers": workers,
        "peaks": [_peak(each, workers) for each in outlook.pile_ups],
        "starts": _first_starts(outlook.lanes),
        "pauses": pause_lines(pauses, now, viewer),
        "seconds": QUICK if outlook.going else SLOW,
    }
    return show(request, "upcoming", viewer, context)


def _hour_of(now: datetime) -> datetime:
    """Return when the reader's hour began, as an instant: clocks may change later."""
    local = timezone.localtime(now)
    return now - timedelta(
        minutes=local.minute, seconds=local.second, microseconds=local.microsecond
    )


def _hours(begin: datetime) -> list[str]:
    """Return what the hours are called by the reader's clock."""
    moments = (begin + timedelta(hours=each) for each in range(HOURS))
    return [f"{timezone.localtime(each):%H}" for each in moments]


def _row(lane: Lane, outlook: Outlook) -> LaneRow:
    count = len(lane.starts)
    going = [each for each in outlook.going if each.run.job == lane.job]
    return LaneRow(
        job=lane.job,
        drawing=lanes.lane(lane, going, outlook.begin, outlook.end),
        first=lane.starts[0],
        count=_("more than %(count)d") % {"count": count}
        if lane.goes_on
        else str(count),
        seconds=lane.seconds,
        is_long=lane.outlasts_its_interval,
        is_going=bool(going),
    )


def _peak(found: queries.PileUp, workers: int) -> Peak:
    names = [str(job) for job in found.jobs]
    return Peak(
        at=found.at,
        count=len(names),
        names=", ".join(names[:8]) + (" …" if len(names) > 8 else ""),
        is_above=0 < workers < len(names),
    )


def _first_starts(shown: Iterable[Lane]) -> list[Start]:
    found = [Start(at, lane.job, lane.seconds) for lane in shown for at in lane.starts]
    found.sort(key=lambda each: each.at)
    return found[:LISTED]
