"""The verbs of ``manage.py cronmgmt``: a file each, with its options and its work."""

from __future__ import annotations

from types import ModuleType

from cronmgmt.management.verbs import (
    apply,
    cancel,
    disable,
    enable,
    list,
    prune,
    run,
    status,
    trigger,
    why,
    work,
)

VERBS: dict[str, ModuleType] = {
    "list": list,
    "run": run,
    "trigger": trigger,
    "enable": enable,
    "disable": disable,
    "cancel": cancel,
    "work": work,
    "status": status,
    "why": why,
    "apply": apply,
    "prune": prune,
}
