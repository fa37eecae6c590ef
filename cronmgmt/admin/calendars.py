"""The admin of calendars: holidays and freezes, one by one or pasted as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cronmgmt.actors import visible_to
from cronmgmt.admin.base import Recorded, actor, say_columns
from cronmgmt.engine import actions
from cronmgmt.errors import Refused
from cronmgmt.models import Calendar, CalendarDay, ScheduledJob

if TYPE_CHECKING:
    CalendarModelForm = forms.ModelForm[Calendar]
    DayModelForm = forms.ModelForm[CalendarDay]
    DaysInline = admin.TabularInline[CalendarDay, Calendar]
else:
    CalendarModelForm = DayModelForm = forms.ModelForm
    DaysInline = admin.TabularInline


LIST = "admin:cronmgmt_calendar_changelist"


class CalendarForm(CalendarModelForm):
    """A calendar, and lines that become days of it."""

    lines = forms.CharField(
        label=_("Add days"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "A line each: 2026-12-25 Christmas, or 2026-12-24 to 2026-12-31 freeze "
            "year-end. A date that is there already gets the new note."
        ),
    )

    class Meta:
        model = Calendar
        fields = ["name", "description"]

    def clean_lines(self) -> list[actions.Day]:
        try:
            return actions.read_days(self.cleaned_data["lines"])
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from None


class DayForm(DayModelForm):
    """A day, in a row of the table."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_columns(self)


class DayInline(DaysInline):
    """The days, one a row."""

    model = CalendarDay
    form = DayForm
    extra = 1

    # Who may change a calendar may change its days.
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("cronmgmt.view_calendar") or _may_edit(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_edit(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_edit(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _may_edit(request)


@admin.register(Calendar)
class CalendarAdmin(Recorded):
    """Calendars; every change is planned into the jobs that use them."""

    class Media:
        css = {"all": ["cronmgmt/admin.css"]}

    form = CalendarForm
    inlines = [DayInline]
    search_fields = ["name", "description"]

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        @admin.display(description=_("used by"))
        def used_by(calendar: Calendar) -> str:
            jobs = ScheduledJob.objects.filter(calendar=calendar.name)
            users = visible_to(actor(request), jobs).order_by("name")
            return ", ".join(users.values_list("name", flat=True)[:5])

        return ["name", "description", used_by]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["name"] if obj else []  # Jobs know it by its name.

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        def write() -> Calendar:
            super(CalendarAdmin, self).save_related(request, form, formsets, change)
            calendar: Calendar = form.instance
            for date, note, *kind in form.cleaned_data["lines"]:
                row = {"note": note, "kind": kind[0] if kind else "holiday"}
                calendar.days.update_or_create(date=date, defaults=row)
            return calendar

        name = form.instance.name
        actions.change_calendar(write, actor(request), name=name, new=not change)

    def changeform_view(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refusal:
            return _back(request, refusal, request.path)

    def delete_view(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        try:
            return super().delete_view(request, *args, **kwargs)
        except Refused as refusal:
            return _back(request, refusal, reverse(LIST))

    def delete_model(self, request: HttpRequest, obj: Calendar) -> None:
        actions.delete_calendar(obj.name, actor(request))

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[Calendar]
    ) -> None:
        for name in list(queryset.values_list("name", flat=True)):
            try:
                actions.delete_calendar(name, actor(request))
            except Refused as refusal:
                messages.error(request, str(refusal))


def _may_edit(request: HttpRequest) -> bool:
    rights = ("cronmgmt.add_calendar", "cronmgmt.change_calendar")
    return any(map(request.user.has_perm, rights))


def _back(request: HttpRequest, refusal: Refused, page: str) -> HttpResponse:
    messages.error(request, str(refusal))
    return HttpResponseRedirect(page)
