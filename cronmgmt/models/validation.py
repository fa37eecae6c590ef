"""What a job's row must satisfy, field by field, however it is written."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cronmgmt import registry
from cronmgmt.errors import InvalidParameters, InvalidSchedule
from cronmgmt.models.calendar import Calendar
from cronmgmt.models.problems import say_problem
from cronmgmt.parameters import check_parameters, json_object
from cronmgmt.policies import LONGEST
from cronmgmt.text import clean_json, clean_text

if TYPE_CHECKING:
    from cronmgmt.models.job import ScheduledJob

Errors = dict[str, Any]

COLUMN_OF = {
    "timezone": "timezone",
    "kind": "schedule_kind",
    "starts_at": "starts_at",
    "ends_at": "ends_at",
    "calendar": "calendar",
    "on_holiday": "on_holiday",
}
"""The row's column for a field that InvalidSchedule names; else the expression."""


DURATIONS = (
    "timeout",
    "expected_duration",
    "backoff",
    "backoff_ceiling",
    "grace",
    "retention",
    "failure_retention",
    "start_deadline",
)
"""What is above zero, or empty."""


def make_storable(job: ScheduledJob) -> None:
    """Replace what databases refuse in text: NUL and lone surrogates."""
    for field in job._meta.concrete_fields:
        value = getattr(job, field.attname)
        if isinstance(field, models.CharField | models.TextField) and value:
            setattr(job, field.attname, clean_text(value))


def validate_types(job: ScheduledJob) -> Errors:
    """Return the columns that hold, say, a number of seconds: Django breaks on it."""
    errors: Errors = {}
    for field in job._meta.concrete_fields:
        value = getattr(job, field.attname)
        is_our_own = field.primary_key or not field.editable
        is_duration = isinstance(field, models.DurationField)
        is_moment = isinstance(field, models.DateTimeField)
        if is_duration and not isinstance(value, timedelta | str | None):
            errors[field.name] = _("Give a duration: timedelta(seconds=30).")
        elif is_moment and not isinstance(value, datetime | str | None):
            errors[field.name] = _("Give a moment: a datetime with a time zone.")
        elif value is None and not (field.null or is_our_own):
            errors[field.name] = _("Leave it out instead of giving None.")
    return errors


def validate_calendar(job: ScheduledJob) -> Errors:
    """Take over the days of the job's calendar; return it if there is none such."""
    if not job.calendar:
        job.closed_days = []
        return {}
    calendar = Calendar.objects.filter(name=job.calendar).first()
    if calendar is None or calendar.name != job.calendar:
        return {"calendar": _("There is no calendar of that name: make it first.")}
    job.closed_days = calendar.closed_days()
    return {}


def validate_schedule(job: ScheduledJob) -> Errors:
    """Return what is wrong with the schedule, under the column to correct."""
    try:
        assert job.schedule is not None
    except InvalidSchedule as error:
        return {COLUMN_OF.get(error.field, "schedule_expression"): say_problem(error)}
    return {}


def validate_parameters(job: ScheduledJob) -> Errors:
    """Return what is wrong with the parameters; a handler unknown here may be
    registered on another host, or come with the next deploy."""
    errors: Errors = {}
    try:
        if registry.is_registered(job.handler):
            function = registry.find(job.handler).function
            job.params = check_parameters(function, job.params, name=job.handler)
        else:
            job.params = json_object(job.params, name=job.handler)
    except InvalidParameters as error:
        errors["params"] = str(error)
    if isinstance(job.tags, list) and all(isinstance(t, str) for t in job.tags):
        job.tags = clean_json(job.tags)
    else:
        errors["tags"] = _("Tags are a list of words.")
    return errors


def validate_switch(job: ScheduledJob) -> Errors:
    """Return what is wrong with the durations and the switch."""
    errors: Errors = {}
    for name in DURATIONS:
        value = getattr(job, name)
        if isinstance(value, timedelta) and value <= timedelta():
            errors[name] = _("Give a duration above zero, or leave this empty.")
        elif isinstance(value, timedelta) and value > LONGEST:
            errors[name] = _("Give a duration of at most a hundred years.")
    if job.jitter is None or (
        isinstance(job.jitter, timedelta) and not timedelta() <= job.jitter <= LONGEST
    ):
        errors["jitter"] = _("Give a duration of zero or more.")
    return errors


def validate_policies(job: ScheduledJob) -> Errors:
    """Return what is wrong with policies that do not fit together."""
    errors: Errors = {}
    if job.ceiling_is_low():
        errors["backoff_ceiling"] = _("It is shorter than the first wait, backoff.")
    if job.keeps_less_than_its_last():
        errors["keep_most"] = _("It is less than what is kept in any case, keep last.")
    one_of_them = (job.Overlap.SKIP, job.Overlap.REPLACE)
    if job.misfire == job.Misfire.ALL and job.overlap in one_of_them:
        errors["misfire"] = _(
            "All that was missed can only run if overlap is “wait” or “allow”: else one "
            "of them would keep the others from running."
        )
    return errors


def validate_overlap(job: ScheduledJob) -> Errors:
    """Return what does not fit together of overlap, lock and concurrency."""
    if not isinstance(job.concurrency, int) or job.concurrency <= 1:
        return {}
    if job.overlap == job.Overlap.REPLACE:
        problem = _("A run that replaces the one before it runs alone: leave it empty.")
        return {"concurrency": problem}
    if job.overlap == job.Overlap.SKIP and not job.lock_key:
        problem = _(
            "A job that skips has one run at a time: leave it empty, share a lock or "
            "choose another overlap."
        )
        return {"concurrency": problem}
    return {}
