"""Django's classes as the type checker and the interpreter each want them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import gettext as _

from cronmgmt.actors import Actor, asking, visible_to
from cronmgmt.admin.refusals import record_unavailable, recorded
from cronmgmt.models import ScheduledJob

if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]
    JobModelAdmin = admin.ModelAdmin[ScheduledJob]
    JobModelForm = forms.ModelForm[ScheduledJob]
else:
    AnyAdmin = JobModelAdmin = admin.ModelAdmin
    JobModelForm = forms.ModelForm


def actor(request: HttpRequest) -> Actor:
    """Return the person who acts, for the record."""
    return asking(request, "admin")


def say_columns(form: forms.BaseForm) -> None:
    """Name each field of a table's row: a column's heading is not tied to it."""
    for field in form.fields.values():
        field.widget.attrs.setdefault("aria-label", field.label)


def say_zone(form: forms.BaseForm) -> None:
    """Say at each moment that is typed by which clock it is read."""
    told = _("By the clock of %(zone)s.") % {"zone": get_current_timezone_name()}
    for field in form.fields.values():
        if isinstance(field, forms.DateTimeField | forms.SplitDateTimeField):
            field.help_text = f"{field.help_text} {told}".strip()


class Recorded(AnyAdmin):
    """Whatever is refused or rolled back, what was tried is on record."""

    def get_urls(self) -> list[Any]:
        patterns = super().get_urls()
        for pattern in patterns:
            pattern.callback = recorded(self, pattern.callback, pattern.name or "")
        return patterns

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method == "POST":
            record_unavailable(self, request)
        return super().changelist_view(request, *args, **kwargs)


class Restricted(Recorded):
    """Shows what the person may know of; the rest is not there."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return visible_to(actor(request), super().get_queryset(request))
