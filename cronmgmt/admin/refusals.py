"""What the admin itself refuses, before any verb is called -> on record all the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import HttpRequest

from cronmgmt.actors import asking
from cronmgmt.engine.records import Deed, apart, keeping, record
from cronmgmt.models import ScheduledJob

DEEDS = {"add": "create", "change": "edit", "delete": "delete"}
MOST = 100
"""So many chosen rows at most are on record one by one."""

NOT_THERE = "There is no such thing."


def recorded(
    modeladmin: Any, view: Callable[..., Any], name: str
) -> Callable[..., Any]:
    """Return an admin's view with whatever it refuses on record.

    ``name`` is that of its URL. What the view's own transactions roll back is written
    again, and a transaction of the request's must not lie around them.
    """
    deed = DEEDS.get(name.rpartition("_")[2], "")

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with keeping():
            if request.method != "POST" or not deed:
                return view(request, *args, **kwargs)
            row = _row(modeladmin.model, kwargs.get("object_id"))
            is_there = row is None or _is_seen(modeladmin, request, row)
            try:
                answer = view(request, *args, **kwargs)
            except PermissionDenied:
                _refused(modeladmin, request, deed, row, f"You may not {deed} this.")
                raise
            if not is_there:
                _refused(modeladmin, request, deed, row, NOT_THERE)
            return answer

    return apart(wrapper)


def record_unavailable(modeladmin: Any, request: HttpRequest) -> None:
    """Put a choice of the menu of actions on record that is not there for the person.

    The admin itself takes it as if nothing had been chosen.
    """
    chosen = request.POST.get("action", "")
    if not chosen or chosen in modeladmin.get_actions(request):
        return
    deed = chosen.replace("_", " ")[:30]
    for key in request.POST.getlist(ACTION_CHECKBOX_NAME)[:MOST]:
        row = _row(modeladmin.model, key)
        _refused(modeladmin, request, deed, row, f"You may not {deed} this.")


def _row(model: type[Model], key: str | None) -> Model | None:
    if key is None:
        return None
    try:
        return model._default_manager.filter(pk=unquote(key)).first()
    except (ValueError, ValidationError):
        return None


def _is_seen(modeladmin: Any, request: HttpRequest, row: Model) -> bool:
    return bool(modeladmin.get_queryset(request).filter(pk=row.pk).exists())


def _refused(
    modeladmin: Any, request: HttpRequest, deed: str, row: Model | None, why: str
) -> None:
    what = modeladmin.opts.verbose_name
    is_job = isinstance(row, ScheduledJob)
    about = row.name if isinstance(row, ScheduledJob) else f"{what} {row or ''}".strip()
    actor = asking(request, "admin")
    key = row.pk if is_job and row is not None else None
    record(Deed(actor, deed, about, key, reason=why, allowed=False))
