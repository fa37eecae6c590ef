"""The groups to which a job is restricted, beneath its form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cronmgmt.admin.base import actor, say_columns
from cronmgmt.models import JobAccess, ScheduledJob

if TYPE_CHECKING:
    GroupsInline = admin.TabularInline[JobAccess, ScheduledJob]
    AccessModelForm = forms.ModelForm[JobAccess]
else:
    GroupsInline = admin.TabularInline
    AccessModelForm = forms.ModelForm


class AccessForm(AccessModelForm):
    """One group, chosen from those there are, and what it may."""

    group = forms.ChoiceField(label=_("Group"))

    class Meta:
        model = JobAccess
        fields = ["group", "may"]

    known: Sequence[str] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_columns(self)
        names = [*self.known]
        if self.instance.group and self.instance.group not in names:
            names.append(self.instance.group)
        field = self.fields["group"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "---------"), *((name, name) for name in names)]


class AccessInline(GroupsInline):
    """Without any row the job is open to all who have the permission."""

    model = JobAccess
    form = AccessForm
    extra = 0
    verbose_name_plural = _(
        "Restricted to groups (none: open to all who have the permission)"
    )

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = type("AccessForm", (AccessForm,), {"known": _groups(request)})
        return super().get_formset(request, obj, **kwargs, form=form)

    # Who may change a job may change who knows of it.
    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor(request).may("change_scheduledjob", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may_make = obj is None and actor(request).may("add_scheduledjob")
        return may_make or self.has_view_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request, obj)


def _groups(request: HttpRequest) -> list[str]:
    """Return the names of all groups; the admin asks for the form several times."""
    kept: dict[str, list[str]] = request.__dict__
    if "_cronmgmt_groups" not in kept:
        names = Group.objects.order_by("name").values_list("name", flat=True)
        kept["_cronmgmt_groups"] = list(names)
    return kept["_cronmgmt_groups"]


def given_groups(formset: Any) -> dict[str, str]:
    """Return the groups that a form leaves, each with what it may."""
    kept = [
        form.cleaned_data
        for form in formset.forms
        if form.cleaned_data.get("group") and not form.cleaned_data.get("DELETE")
    ]
    return {each["group"]: JobAccess.May(each["may"]).name.lower() for each in kept}
