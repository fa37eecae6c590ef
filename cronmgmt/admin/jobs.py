"""The admin of jobs."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from cronmgmt.admin import (
    choosing,
    display,
    layout,
    marks,
    parameters,
    saving,
    switching,
    verbs,
)
from cronmgmt.admin.access import AccessInline, given_groups
from cronmgmt.admin.base import JobModelAdmin, Restricted, actor
from cronmgmt.admin.forms import JobForm
from cronmgmt.admin.parameters import Shown
from cronmgmt.engine import actions
from cronmgmt.errors import Refused
from cronmgmt.models import UNFINISHED, ScheduledJob, Status
from cronmgmt.parameters.forms import PREFIX

NEVER = "never"


class StateFilter(admin.SimpleListFilter):
    """Jobs by what keeps them from running."""

    title = _("state")
    parameter_name = "state"

    CHOSEN: dict[str, dict[str, Any]] = {
        "on": {"enabled": True, "retired_at": None, "set_aside_reason": ""},
        "off": {"enabled": False, "retired_at": None, "set_aside_reason": ""},
        "set-aside": {"retired_at": None, "set_aside_reason__gt": ""},
        "retired": {"retired_at__isnull": False},
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return list(display.STATES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**self.CHOSEN.get(self.value() or "", {}))


class ResultFilter(admin.SimpleListFilter):
    """Jobs by what became of the last run; Django's own has a nameless choice."""

    title = _("last result")
    parameter_name = "last_status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        ends = [(each.value, each.label) for each in Status if each not in UNFINISHED]
        return [*ends, (NEVER, _("has not run yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if not chosen:
            return queryset
        return queryset.filter(last_status="" if chosen == NEVER else chosen)


@admin.register(ScheduledJob)
class ScheduledJobAdmin(Restricted, JobModelAdmin):
    """Jobs: made, edited, triggered, switched and deleted through the engine's verbs."""

    form = JobForm
    inlines = [AccessInline]
    save_as = True
    list_display: Any = [
        "name",
        display.state,
        display.words,
        display.last_result,
        "next_run_at",
    ]
    list_filter = [StateFilter, "schedule_kind", ResultFilter, "queue"]
    search_fields = ["name", "title", "handler", "owner", "description"]
    actions = [
        verbs.trigger_now,
        switching.switch_off,
        verbs.switch_on,
        verbs.retire,
        verbs.revive,
    ]
    readonly_fields = layout.COMPUTED

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Ask for the handler first: the form shows its parameters."""
        if request.method == "GET" and "handler" not in request.GET:
            return choosing.choose_handler(self, request)
        return super().add_view(request, form_url, extra_context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        job = context.get("original")
        context["may_preview"] = self._may_edit(request, job)
        if job and actor(request).may("trigger_scheduledjob", job):
            context["trigger_url"] = display.trigger_page(job)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_fieldsets(
        self, request: HttpRequest, obj: ScheduledJob | None = None
    ) -> list[Any]:
        may_edit = self._may_edit(request, obj)
        shown = parameters.shown(request, obj) if may_edit else None
        about = self._about_parameters(request, obj, shown)
        return layout.fieldsets(shown, about, self._marks(request, obj), obj)

    def get_form(
        self,
        request: HttpRequest,
        obj: ScheduledJob | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> Any:
        names = kwargs.pop("fields", None) or flatten_fieldsets(
            self.get_fieldsets(request, obj)
        )
        fields = [name for name in names if not str(name).startswith(PREFIX)]
        marked = self._marks(request, obj)
        texts: dict[str, Any] = {}
        if obj and obj.declared:
            texts["name"] = _("The code declares this job under this name.")
        if not self._may_edit(request, obj):
            texts.update({name: marked[name] for name in marked.keys() - {"params"}})
        form: Any = super().get_form(
            request, obj, change, **kwargs, fields=fields, help_texts=texts
        )
        form.shown, form.marks = parameters.shown(request, obj), marked
        return form

    def get_readonly_fields(
        self, request: HttpRequest, obj: ScheduledJob | None = None
    ) -> list[Any]:
        fields = [*super().get_readonly_fields(request, obj)]
        if obj and obj.declared:
            fields.append("name")  # The code would declare the old name again.
        if obj and not self.has_switch_permission(request):
            fields.extend(saving.SWITCH)
        return fields

    def save_model(
        self, request: HttpRequest, obj: ScheduledJob, form: Any, change: bool
    ) -> None:
        if not change:
            copied = "_saveasnew" in request.POST
            saving.create(obj, actor(request), off=copied)
        elif form.given_back:
            saving.give_back(obj, form.given_back, form.changes(), actor(request))
        else:
            saving.edit(obj, form.changes(), actor(request))

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        for formset in formsets:
            formset.save(commit=False)  # The admin's own log reads what that leaves.
            if formset.has_changed():
                groups = given_groups(formset)
                actions.restrict_job(form.instance.name, groups, actor(request))

    def has_change_permission(
        self, request: HttpRequest, obj: ScheduledJob | None = None
    ) -> bool:
        return actor(request).may("change_scheduledjob", obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: ScheduledJob | None = None
    ) -> bool:
        return actor(request).may("delete_scheduledjob", obj)

    def delete_model(self, request: HttpRequest, obj: ScheduledJob) -> None:
        actions.delete_job(obj.name, actor(request))

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[ScheduledJob]
    ) -> None:
        for name in queryset.values_list("name", flat=True):
            actions.delete_job(name, actor(request))

    def get_deleted_objects(self, objs: Iterable[Any], request: HttpRequest) -> Any:
        """Name the jobs alone: their runs stay, and are too many to be listed."""
        names = [str(job) for job in objs]
        kept = {job.name: actions.refuse_delete(job) for job in objs}
        refusals = {name: why for name, why in kept.items() if why}
        if request.POST.get("post"):
            for name in refusals:  # The admin does not even try, of any: on record.
                with suppress(Refused):
                    actions.delete_job(name, actor(request))
        count = {ScheduledJob._meta.verbose_name_plural: len(names)}
        return names, count, set(), [str(why) for why in refusals.values()]

    def has_trigger_permission(self, request: HttpRequest) -> bool:
        return actor(request).may("trigger_scheduledjob")

    def has_switch_permission(self, request: HttpRequest) -> bool:
        return actor(request).may("switch_scheduledjob")

    def _may_edit(self, request: HttpRequest, obj: ScheduledJob | None) -> bool:
        if obj is None:
            return self.has_add_permission(request)
        return self.has_change_permission(request, obj)

    def _marks(self, request: HttpRequest, obj: ScheduledJob | None) -> dict[str, Any]:
        return marks.marks(
            obj,
            may_reset=self._may_edit(request, obj),
            ticked=request.POST.getlist(marks.BACK),
        )

    def _about_parameters(
        self, request: HttpRequest, obj: ScheduledJob | None, shown: Shown | None
    ) -> str:
        texts = [self._marks(request, obj).get("params", "")]
        if obj and shown and shown.function:
            texts.append(parameters.about_leftovers(shown.function, obj.params))
        return format_html_join(" ", "{}", ([text] for text in texts if text))

    def view_on_site(self, obj: ScheduledJob) -> str | None:
        """Return the job's page with its history."""
        return display.page_of("job", obj.name)
