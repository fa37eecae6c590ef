"""Jobs switched off together: a page asks why, and until when."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AdminTextInputWidget
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt import clock
from cronmgmt.admin.base import say_zone
from cronmgmt.admin.verbs import Jobs, for_each
from cronmgmt.engine import actions
from cronmgmt.models import database

ANSWERED = "switch"
"""The name of the page's own button."""


class SwitchOffForm(forms.Form):
    """Why the jobs are off, and until when."""

    off_reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=500,
        widget=AdminTextInputWidget,
    )
    off_until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        required=False,
        help_text=gettext_lazy("Empty: until somebody switches them on."),
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        say_zone(self)

    def clean_off_until(self) -> Any:
        until = self.cleaned_data["off_until"]
        if until and until <= clock.now(database()):
            raise forms.ValidationError(_("That has passed already."))
        return until


@admin.action(description=gettext_lazy("Switch off…"), permissions=["switch"])
def switch_off(
    modeladmin: Any, request: HttpRequest, jobs: Jobs
) -> HttpResponse | None:
    form = SwitchOffForm(request.POST if ANSWERED in request.POST else None)
    if not form.is_valid():
        return _ask(modeladmin, request, jobs, form)
    verb = partial(
        actions.switch_off,
        until=form.cleaned_data["off_until"],
        reason=form.cleaned_data["off_reason"],
    )
    for_each(request, jobs, verb, _("Switched off: %(names)s."))
    return None


def _ask(
    modeladmin: Any, request: HttpRequest, jobs: Jobs, form: SwitchOffForm
) -> HttpResponse:
    context = {
        **modeladmin.admin_site.each_context(request),
        "title": _("Switch off: why, and until when?"),
        "opts": modeladmin.opts,
        "form": form,
        "jobs": jobs.order_by("name"),
        "answered": ANSWERED,
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return render(request, "admin/cronmgmt/switch_off.html", context)
