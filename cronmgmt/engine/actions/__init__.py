"""Every verb that a person or a program may use.

Permission, the record of the attempt and the refusal are in one place for all
interfaces: a verb that is refused raises :class:`~cronmgmt.errors.Refused`, whose
message is written for whoever asked.
"""

from __future__ import annotations

from cronmgmt.engine.actions.actor import CODE, COMMAND, Actor
from cronmgmt.engine.actions.calendars import (
    Day,
    change_calendar,
    delete_calendar,
    read_days,
    save_calendar,
)
from cronmgmt.engine.actions.jobs import (
    cancel_job,
    delete_job,
    register_job,
    reset_fields,
    revive_job,
    save_job,
    switch_off,
    switch_on,
)
from cronmgmt.engine.actions.pauses import end_pause, pause
from cronmgmt.engine.actions.runs import cancel_run, rerun, trigger

__all__ = [
    "CODE",
    "COMMAND",
    "Actor",
    "Day",
    "cancel_job",
    "cancel_run",
    "change_calendar",
    "delete_calendar",
    "delete_job",
    "end_pause",
    "pause",
    "read_days",
    "register_job",
    "rerun",
    "reset_fields",
    "revive_job",
    "save_calendar",
    "save_job",
    "switch_off",
    "switch_on",
    "trigger",
]
