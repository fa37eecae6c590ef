"""JobAccess: the groups to which a job is restricted, and what each may."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from cronmgmt.models.base import Model
from cronmgmt.models.job import ScheduledJob
from cronmgmt.text import digest


def group_key(group: str) -> str:
    """Return what a group's name is compared by: collations ignore case."""
    return digest(group)


class JobAccess(Model):
    """One group that may see a job, or act on it as well.

    A job without such rows is open to all who have the permission. The group is text:
    groups may live in another database.
    """

    class May(models.IntegerChoices):
        SEE = 1, _("see it")
        ACT = 2, _("see it and act on it")

    job = models.ForeignKey(
        ScheduledJob, models.CASCADE, related_name="access", db_index=False
    )
    group = models.CharField(_("group"), max_length=150)
    group_key = models.CharField(max_length=64, editable=False)
    may = models.SmallIntegerField(_("may"), choices=May.choices, default=May.ACT)

    class Meta(Model.Meta):
        ordering = ["group"]
        # Who may change a job may change who sees it.
        default_permissions = ()
        verbose_name = _("restriction to a group")
        verbose_name_plural = _("restricted to groups")
        constraints = [
            models.UniqueConstraint(
                fields=["job", "group_key"], name="cronmgmt_access_once"
            )
        ]
        indexes = [
            models.Index(fields=["group_key", "job"], name="cronmgmt_access_group")
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.get_may_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write it, with what its group is compared by."""
        self.group_key = group_key(self.group)
        super().save(*args, **kwargs)
