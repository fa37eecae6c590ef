"""The first step of a new job: which handler?"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from cronmgmt import registry
from cronmgmt.admin.base import JobModelAdmin


def choose_handler(modeladmin: JobModelAdmin, request: HttpRequest) -> HttpResponse:
    """Show the handlers that may run; each leads to a form with its parameters."""
    if not modeladmin.has_add_permission(request):
        raise PermissionDenied
    found = [registry.find(name) for name in registry.handler_names()]
    context: dict[str, Any] = {
        **modeladmin.admin_site.each_context(request),
        "title": _("Add scheduled job: which handler?"),
        "opts": modeladmin.opts,
        "handlers": [(each.name, _summary(each.function)) for each in found],
    }
    return render(request, "admin/cronmgmt/choose_handler.html", context)


def _summary(function: Callable[..., Any]) -> str:
    first = (inspect.getdoc(function) or "").partition("\n")[0]
    return first.replace("``", "")
