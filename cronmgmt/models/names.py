"""Names of fields and models that a person reads -> names that can be translated."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

NAMES = frozenset(
    [
        _("action"),
        _("actor"),
        _("address"),
        _("after"),
        _("allowed"),
        _("at"),
        _("attempt"),
        _("available at"),
        _("backoff"),
        _("backoff ceiling"),
        _("before"),
        _("by"),
        _("calendar"),
        _("concurrency"),
        _("count"),
        _("cpu seconds"),
        _("created at"),
        _("date"),
        _("dependencies"),
        _("description"),
        _("duration"),
        _("enabled"),
        _("ended by"),
        _("ends at"),
        _("error class"),
        _("error message"),
        _("execution id"),
        _("expected duration"),
        _("failure aim"),
        _("failed"),
        _("failure retention"),
        _("finished at"),
        _("first"),
        _("grace"),
        _("handler"),
        _("instance"),
        _("intended for"),
        _("items processed"),
        _("jitter"),
        _("job"),
        _("job name"),
        _("keep last"),
        _("keep most"),
        _("kind"),
        _("last"),
        _("last started at"),
        _("last status"),
        _("last used at"),
        _("lock key"),
        _("losses"),
        _("made at"),
        _("made by"),
        _("mail requester"),
        _("mail to"),
        _("max attempts"),
        _("memory limit"),
        _("misfire"),
        _("name"),
        _("next run at"),
        _("note"),
        _("off reason"),
        _("off until"),
        _("on holiday"),
        _("on lost"),
        _("origin"),
        _("overlap"),
        _("owner"),
        _("params"),
        _("peak memory"),
        _("priority"),
        _("purpose"),
        _("queue"),
        _("reason"),
        _("requested by"),
        _("rerun of"),
        _("result"),
        _("retention"),
        _("retry on"),
        _("revoked at"),
        _("revoked by"),
        _("schedule expression"),
        _("schedule kind"),
        _("scheduled for"),
        _("scope"),
        _("seen at"),
        _("since"),
        _("source"),
        _("start deadline"),
        _("started at"),
        _("starts at"),
        _("status"),
        _("stopped at"),
        _("tag"),
        _("tags"),
        _("timeout"),
        _("timezone"),
        _("title"),
        _("traceback"),
        _("unusual"),
        _("until"),
        _("worker"),
        _("workers"),
        _("activity"),
        _("gap"),
        _("gaps"),
        _("node"),
        _("nodes"),
    ]
)
"""What Django makes of the fields' own names, of those that the admin shows."""


DEEDS = {
    "add": gettext_lazy("add"),
    "backfill": gettext_lazy("backfill"),
    "calendar": gettext_lazy("calendar"),
    "cancel": gettext_lazy("cancel"),
    "create": gettext_lazy("create"),
    "delete": gettext_lazy("delete"),
    "edit": gettext_lazy("edit"),
    "enqueue": gettext_lazy("enqueue"),
    "make key": gettext_lazy("make key"),
    "mend": gettext_lazy("mend"),
    "register": gettext_lazy("register"),
    "rerun": gettext_lazy("rerun"),
    "reset": gettext_lazy("reset"),
    "restrict": gettext_lazy("restrict"),
    "retire": gettext_lazy("retire"),
    "revive": gettext_lazy("revive"),
    "revoke key": gettext_lazy("revoke key"),
    "switch off": gettext_lazy("switch off"),
    "switch on": gettext_lazy("switch on"),
    "trigger": gettext_lazy("trigger"),
}
"""What people do or try, as it is on record."""


def deed_name(action: str) -> Any:
    """Return what is on record as done in the reader's language."""
    return DEEDS.get(action, action)


def make_translatable(model: type[Model]) -> None:
    """Let the names be said in the reader's language; no migration follows from it.

    Before a form is made of the model, which keeps the names.
    """
    meta = model._meta
    for field in meta.fields:
        field.verbose_name = _reread(field.verbose_name)
    if "verbose_name_plural" not in meta.original_attrs:
        meta.verbose_name_plural = _reread(f"{meta.verbose_name}s")
    else:
        meta.verbose_name_plural = _reread(meta.verbose_name_plural)
    meta.verbose_name = _reread(meta.verbose_name)


def _reread(name: Any) -> Any:
    # What is lazy already cannot be looked at yet.
    return gettext_lazy(name) if isinstance(name, str) and name in NAMES else name
