"""Answer the driver: a line of JSON in, a line of JSON out.

    python -m benchmarks.sites.clerk benchmarks.sites.on_cronmgmt

``["queue", [4000]]`` is answered by ``{"value": null}``, or by ``{"error": "…"}``.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from importlib import import_module
from typing import Any

import django


def main(package: str) -> None:
    """Answer until nobody asks any more."""
    # Whatever a library prints must not get between question and answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    django.setup()
    site = import_module(f"{package}.site").site
    for line in sys.stdin:
        name, arguments = json.loads(line)
        answers.write(json.dumps(_answer(site, name, arguments)) + "\n")
        answers.flush()


def _answer(site: object, name: str, arguments: list[Any]) -> dict[str, Any]:
    try:
        return {"value": getattr(site, name)(*arguments)}
    except Exception:
        return {"error": traceback.format_exc()}


if __name__ == "__main__":
    main(sys.argv[1])
