"""The verbs of ``manage.py cronmgmt``: a file each, with its options and its work."""

from __future__ import annotations

from types import ModuleType

from cronmgmt.management.verbs import (
    apply,
    audit,
    backfill,
    cancel,
    disable,
    doctor,
    enable,
    enqueue,
    export,
    import_,
    list,
    plan,
    process,
    prune,
    retry,
    run,
    show,
    status,
    trigger,
    why,
    work,
)

VERBS: dict[str, ModuleType] = {
    "list": list,
    "show": show,
    "run": run,
    "trigger": trigger,
    "enqueue": enqueue,
    "enable": enable,
    "disable": disable,
    "cancel": cancel,
    "retry": retry,
    "backfill": backfill,
    "work": work,
    "process": process,
    "status": status,
    "doctor": doctor,
    "why": why,
    "audit": audit,
    "plan": plan,
    "apply": apply,
    "export": export,
    "import": import_,
    "prune": prune,
}
