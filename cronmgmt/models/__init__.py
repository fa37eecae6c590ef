"""What is kept: the rows on which every guarantee rests."""

from __future__ import annotations

from cronmgmt.models.access import JobAccess
from cronmgmt.models.activity import Activity
from cronmgmt.models.answer import KeptAnswer
from cronmgmt.models.apikey import ApiKey
from cronmgmt.models.base import database
from cronmgmt.models.calendar import Calendar, CalendarDay, days_of
from cronmgmt.models.gap import Gap
from cronmgmt.models.handler import ImportedHandler
from cronmgmt.models.hour import HourCount
from cronmgmt.models.identity import OidcIdentity
from cronmgmt.models.item import ProcessedItem
from cronmgmt.models.job import OnLost, Priority, ScheduledJob
from cronmgmt.models.keeping import Keeping
from cronmgmt.models.lock import LockSlot
from cronmgmt.models.names import deed_name, make_translatable
from cronmgmt.models.node import TICK, Node
from cronmgmt.models.pause import Pause
from cronmgmt.models.problems import say_problem
from cronmgmt.models.run import (
    EXECUTED,
    FAILURES,
    HELD,
    UNFINISHED,
    JobRun,
    Origin,
    RunAttempt,
    RunLog,
    Status,
    move,
)
from cronmgmt.models.target import TargetResult

__all__ = [
    "EXECUTED",
    "FAILURES",
    "HELD",
    "TICK",
    "UNFINISHED",
    "Activity",
    "ApiKey",
    "Calendar",
    "CalendarDay",
    "Gap",
    "HourCount",
    "ImportedHandler",
    "JobAccess",
    "JobRun",
    "Keeping",
    "KeptAnswer",
    "LockSlot",
    "Node",
    "OidcIdentity",
    "OnLost",
    "Origin",
    "Pause",
    "Priority",
    "ProcessedItem",
    "RunAttempt",
    "RunLog",
    "ScheduledJob",
    "Status",
    "TargetResult",
    "database",
    "days_of",
    "deed_name",
    "move",
    "say_problem",
]

# Those that the admin shows.
for _model in (Activity, Calendar, CalendarDay, Gap, JobRun, Node, Pause, ScheduledJob):
    make_translatable(_model)
