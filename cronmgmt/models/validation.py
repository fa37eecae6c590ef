"""What a job's row must satisfy, field by field, however it is written."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext as _

from cronmgmt import registry
from cronmgmt.errors import InvalidParameters, InvalidSchedule
from cronmgmt.parameters import check_parameters, json_object
from cronmgmt.text import clean_json, clean_text

if TYPE_CHECKING:
    from cronmgmt.models.job import ScheduledJob

Errors = dict[str, str]

COLUMN_OF = {
    "timezone": "timezone",
    "kind": "schedule_kind",
    "starts_at": "starts_at",
    "ends_at": "ends_at",
}
"""The row's column for a field that InvalidSchedule names; else the expression."""


def make_storable(job: ScheduledJob) -> None:
    """Replace what databases refuse in text: NUL and lone surrogates."""
    for field in job._meta.concrete_fields:
        value = getattr(job, field.attname)
        if isinstance(field, models.CharField | models.TextField) and value:
            setattr(job, field.attname, clean_text(value))


def validate_types(job: ScheduledJob) -> Errors:
    """Return the columns that hold, say, a number of seconds: Django breaks on it."""
    errors = {}
    for field in job._meta.concrete_fields:
        value = getattr(job, field.attname)
        is_duration = isinstance(field, models.DurationField)
        is_moment = isinstance(field, models.DateTimeField)
        if is_duration and not isinstance(value, timedelta | str | None):
            errors[field.name] = _("Give a duration: timedelta(seconds=30).")
        elif is_moment and not isinstance(value, date | str | None):
            errors[field.name] = _("Give a moment: a datetime with a time zone.")
    return errors


def validate_schedule(job: ScheduledJob) -> Errors:
    """Return what is wrong with the schedule, under the column to correct."""
    try:
        assert job.schedule is not None
    except InvalidSchedule as error:
        return {COLUMN_OF.get(error.field, "schedule_expression"): str(error)}
    return {}


def validate_parameters(job: ScheduledJob) -> Errors:
    """Return what is wrong with the parameters; a handler unknown here may be
    registered on another host, or come with the next deploy."""
    errors = {}
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
    errors = {}
    for name in ("timeout", "expected_duration", "backoff", "grace", "retention"):
        value = getattr(job, name)
        if isinstance(value, timedelta) and value <= timedelta():
            errors[name] = _("Give a duration above zero, or leave this empty.")
    if job.jitter is None or (
        isinstance(job.jitter, timedelta) and job.jitter < timedelta()
    ):
        errors["jitter"] = _("Give a duration of zero or more.")
    return errors
