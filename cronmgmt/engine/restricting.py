"""A job and the groups to which it is restricted: names, each with what it may."""

from __future__ import annotations

from collections.abc import Mapping

from django.apps import apps
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from cronmgmt.errors import InvalidJob
from cronmgmt.models import ApiKey, JobAccess, ScheduledJob
from cronmgmt.text import clean_text

WORDS = {"see": JobAccess.May.SEE, "act": JobAccess.May.ACT}
LONGEST = 150


def groups_of(job: ScheduledJob) -> dict[str, str]:
    """Return the groups to which a job is restricted; none: it is open."""
    return {row.group: JobAccess.May(row.may).name.lower() for row in job.access.all()}


def replace_groups(job: ScheduledJob, groups: Mapping[str, str]) -> None:
    """Restrict a job to these groups and no others. Raises InvalidJob."""
    rows = [_row(group, may) for group, may in groups.items()]
    job.access.all().delete()
    for row in rows:
        row.job = job
        row.save()


def lost_restrictions() -> dict[str, list[str]]:
    """Return the groups that jobs are restricted to and nobody has, by the job's name.

    Of groups that are made later, or are known to another database, nothing is wrong.
    """
    known = {name for key in ApiKey.objects.all() for name in key.groups}
    if apps.is_installed("django.contrib.auth"):
        group = apps.get_model("auth", "Group")
        known |= set(group._default_manager.values_list("name", flat=True))
    lost: dict[str, list[str]] = {}
    rows = JobAccess.objects.filter(job__retired_at=None).order_by("job__name", "group")
    for job, name in rows.values_list("job__name", "group"):
        if name not in known:
            lost.setdefault(job, []).append(name)
    return lost


def _row(group: str, may: str) -> JobAccess:
    if not isinstance(may, str) or may not in WORDS:
        raise InvalidJob(
            format_lazy(
                gettext_lazy("A group may see a job or act on it, not {may!r}."),
                may=may,
            )
        )
    if not isinstance(group, str) or not 0 < len(group) <= LONGEST:
        raise InvalidJob(
            format_lazy(gettext_lazy("{group!r} cannot name a group."), group=group)
        )
    return JobAccess(group=clean_text(group), may=WORDS[may])
