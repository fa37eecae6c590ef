"""Django's classes as the type checker and the interpreter each want them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from cronmgmt.engine.actions import Actor
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
    return Actor(
        name=request.user.get_username(),
        source="admin",
        user=request.user,
        address=request.META.get("REMOTE_ADDR") or "",
    )
