"""Every verb that a person or a program may use.

Permission, the record of the attempt and the refusal are in one place for all
interfaces: a verb that is refused raises :class:`~cronmgmt.errors.Refused`, whose
message is written for whoever asked.
"""

from __future__ import annotations

from cronmgmt.engine.actions.access import restrict_job
from cronmgmt.engine.actions.actor import CODE, COMMAND, Actor
from cronmgmt.engine.actions.backfills import backfill, preview_backfill
from cronmgmt.engine.actions.calendars import (
    Day,
    change_calendar,
    delete_calendar,
    read_days,
    save_calendar,
)
from cronmgmt.engine.actions.editing import EDITABLE, edit_job, permit
from cronmgmt.engine.actions.jobs import (
    cancel_job,
    delete_job,
    permit_register,
    refuse_delete,
    register_job,
    reset_fields,
    revive_job,
    save_job,
    switch_off,
    switch_on,
)
from cronmgmt.engine.actions.keys import make_key, own_keys, revoke_key
from cronmgmt.engine.actions.pauses import end_pause, pause, permit_pause
from cronmgmt.engine.actions.portable import apply, import_jobs
from cronmgmt.engine.actions.registering import register_entry
from cronmgmt.engine.actions.runs import (
    cancel_run,
    permit_rerun,
    permit_run,
    permit_trigger,
    refuse_rerun,
    refuse_trigger,
    rerun,
    trigger,
)
from cronmgmt.engine.actions.several import (
    Refusal,
    Several,
    cancel_runs,
    permit_several,
    refuse_unseen,
    rerun_all,
)
from cronmgmt.engine.actions.work import enqueue, enqueue_many, permit_enqueue
from cronmgmt.engine.backfilling import Pace

__all__ = [
    "CODE",
    "COMMAND",
    "EDITABLE",
    "Actor",
    "Day",
    "Pace",
    "apply",
    "backfill",
    "Refusal",
    "Several",
    "cancel_job",
    "cancel_run",
    "cancel_runs",
    "change_calendar",
    "delete_calendar",
    "delete_job",
    "edit_job",
    "end_pause",
    "import_jobs",
    "enqueue",
    "enqueue_many",
    "make_key",
    "own_keys",
    "pause",
    "permit",
    "permit_enqueue",
    "permit_pause",
    "permit_register",
    "permit_rerun",
    "permit_run",
    "permit_several",
    "permit_trigger",
    "preview_backfill",
    "read_days",
    "refuse_delete",
    "refuse_rerun",
    "refuse_trigger",
    "refuse_unseen",
    "register_entry",
    "register_job",
    "rerun",
    "rerun_all",
    "reset_fields",
    "restrict_job",
    "revive_job",
    "revoke_key",
    "save_calendar",
    "save_job",
    "switch_off",
    "switch_on",
    "trigger",
]
