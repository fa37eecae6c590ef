"""What is kept: the rows on which every guarantee rests."""

from __future__ import annotations

from cronmgmt.models.activity import Activity
from cronmgmt.models.base import database
from cronmgmt.models.calendar import Calendar, CalendarDay
from cronmgmt.models.gap import Gap
from cronmgmt.models.handler import ImportedHandler
from cronmgmt.models.item import ProcessedItem
from cronmgmt.models.job import OnLost, Priority, ScheduledJob
from cronmgmt.models.lock import LockSlot
from cronmgmt.models.node import Node
from cronmgmt.models.pause import Pause
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

__all__ = [
    "EXECUTED",
    "FAILURES",
    "HELD",
    "UNFINISHED",
    "Activity",
    "Calendar",
    "CalendarDay",
    "Gap",
    "ImportedHandler",
    "JobRun",
    "LockSlot",
    "Node",
    "OnLost",
    "Origin",
    "Pause",
    "Priority",
    "ProcessedItem",
    "RunAttempt",
    "RunLog",
    "ScheduledJob",
    "Status",
    "database",
    "move",
]
