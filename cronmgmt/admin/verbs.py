"""What can be done with several jobs at once, each guarded by its permission."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt.admin.base import actor
from cronmgmt.engine import actions
from cronmgmt.engine.actions import Actor
from cronmgmt.errors import CronmgmtError
from cronmgmt.models import ScheduledJob

Verb = Callable[[str, Actor], object]
Jobs = QuerySet[ScheduledJob]


@admin.action(description=gettext_lazy("Trigger now"), permissions=["trigger"])
def trigger_now(modeladmin: Any, request: HttpRequest, jobs: Jobs) -> None:
    for_each(request, jobs, actions.trigger, _("Queued: %(names)s."))


@admin.action(description=gettext_lazy("Switch on"), permissions=["switch"])
def switch_on(modeladmin: Any, request: HttpRequest, jobs: Jobs) -> None:
    for_each(request, jobs, actions.switch_on, _("Switched on: %(names)s."))


@admin.action(description=gettext_lazy("Retire"), permissions=["delete"])
def retire(modeladmin: Any, request: HttpRequest, jobs: Jobs) -> None:
    for_each(request, jobs, actions.cancel_job, _("Retired: %(names)s."))


@admin.action(description=gettext_lazy("Put back into service"), permissions=["add"])
def revive(modeladmin: Any, request: HttpRequest, jobs: Jobs) -> None:
    said = _("Back in service: %(names)s.")
    for_each(request, jobs, actions.revive_job, said)


def for_each(request: HttpRequest, jobs: Jobs, verb: Verb, said: str) -> None:
    """Do it with each job; what is refused of one does not stop the others."""
    done = []
    for name in jobs.order_by("name").values_list("name", flat=True):
        try:
            verb(name, actor(request))
        except CronmgmtError as refusal:
            messages.error(request, str(refusal))
        except ValidationError as broken:
            messages.error(request, f"{name}: {' '.join(broken.messages)}")
        else:
            done.append(name)
    if done:
        messages.success(request, said % {"names": ", ".join(done)})
