"""Which database holds the app's tables, and managers that always ask that one."""

from __future__ import annotations

from typing import ClassVar, Self, TypeVar

from django.apps import apps
from django.core.validators import RegexValidator
from django.db import models, router
from django.utils.translation import gettext_lazy as _

from cronmgmt.text import NAME

valid_name = RegexValidator(
    rf"\A{NAME.pattern}\Z", _("Use only a-z, 0-9 and the characters _ . : -")
)

M = TypeVar("M", bound=models.Model)


def database() -> str:
    """Return the alias of the database that holds the runs."""
    return router.db_for_write(apps.get_model("cronmgmt", "JobRun"))


class PrimaryManager(models.Manager[M]):
    """Reads where it writes: a replica may not have the row yet.

    A router that sends reads elsewhere would let a worker look for a run that has
    not arrived there, or claim from a list that is seconds old.
    """

    def get_queryset(self) -> models.QuerySet[M]:
        queryset = super().get_queryset()
        return queryset.using(self._db or router.db_for_write(self.model))


class Model(models.Model):
    """Base of the app's models."""

    objects: ClassVar[PrimaryManager[Self]] = PrimaryManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
