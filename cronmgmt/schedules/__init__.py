"""WHEN: the text of a schedule -> instants. Pure: no Django, no clock, no settings.

base        what every schedule can be asked: next, previous, between, count, words
cron        five or six fields in a time zone
  expression  fields   text -> wall times (``walls`` = ``days`` × ``times``)
  zones  daylight      wall times -> instants, clock changes as in Debian's cron
interval    every so often from a fixed start
once        one moment
manual      never by itself
opendays    any of them, without holidays and freezes
bounded     any of them, between two moments
building    a database row -> one of them
misfire     what is due -> what runs and what is too late
wording     explanation  notes      for people
spread      stable numbers out of a name: H and jitter
"""

from __future__ import annotations

from cronmgmt.errors import InvalidSchedule
from cronmgmt.schedules.base import Schedule
from cronmgmt.schedules.bounded import Bounded
from cronmgmt.schedules.building import build_schedule
from cronmgmt.schedules.cron import Cron
from cronmgmt.schedules.durations import parse_duration
from cronmgmt.schedules.interval import Interval
from cronmgmt.schedules.manual import Manual
from cronmgmt.schedules.misfire import Decision, Policy, Stretch, decide
from cronmgmt.schedules.notes import Note, clock_notes
from cronmgmt.schedules.once import Once
from cronmgmt.schedules.opendays import OpenDays, absences
from cronmgmt.schedules.spread import delay_within
from cronmgmt.schedules.wording import Phrase, describe
from cronmgmt.schedules.zones import load_zone

__all__ = [
    "Bounded",
    "Cron",
    "Decision",
    "InvalidSchedule",
    "Interval",
    "Manual",
    "Note",
    "Once",
    "OpenDays",
    "Phrase",
    "Policy",
    "Schedule",
    "Stretch",
    "absences",
    "build_schedule",
    "clock_notes",
    "decide",
    "delay_within",
    "describe",
    "load_zone",
    "parse_duration",
]
