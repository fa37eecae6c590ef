"""Tables of another app -> their rows by model and key, as ``dumpdata`` has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.apps import apps
from django.core import serializers

from cronmgmt.errors import InvalidSchedule, Refused, shorten

Rows = dict[str, dict[str, dict[str, Any]]]
"""Model in small letters -> primary key as text -> fields."""


def from_dump(text: str, app: str) -> Rows:
    """Return the rows of an app in a dump. Raises Refused for what is no dump."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused(f"The file is no JSON: {error}.") from None
    if not isinstance(data, list):
        raise Refused(f"The file is no dump: make it with manage.py dumpdata {app}.")
    return _grouped(data, app)


def from_tables(app: str) -> Rows:
    """Return the rows of an app that is installed here. Raises Refused otherwise."""
    if not apps.is_installed(app):
        raise Refused(
            f"{app} is not installed here: give a file made with manage.py dumpdata "
            f"{app}."
        )
    data: list[Any] = []
    for model in apps.get_app_config(app).get_models():
        rows = model._default_manager.order_by("pk")
        if not model._meta.proxy:
            data += json.loads(serializers.serialize("json", rows))
    return _grouped(data, app)


def _grouped(data: list[Any], app: str) -> Rows:
    rows: Rows = {}
    for each in data:
        fields = each.get("fields") if isinstance(each, Mapping) else None
        if not isinstance(fields, Mapping) or not isinstance(each.get("model"), str):
            raise Refused(f"The file is no dump: {shorten(each)} is no row.")
        model = each["model"].lower()
        if model.startswith(f"{app}."):
            key = model.removeprefix(f"{app}.")
            rows.setdefault(key, {})[str(each.get("pk"))] = dict(fields)
    return rows


def moment(value: Any) -> datetime | None:
    """Return a moment of a dump to the second, or None; naive ones are in UTC.

    Raises InvalidSchedule for what is no moment.
    """
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        raise InvalidSchedule(
            "time", value, "{moment!r} is no moment", moment=value
        ) from None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.replace(microsecond=0)
