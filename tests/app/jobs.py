"""The handlers that the tests run."""

from __future__ import annotations

from cronmgmt.registry import handler


@handler("t:nothing")
def nothing(run):
    """Do nothing, and succeed."""


@handler("t:limited")
def limited(run, limit: int = 10):
    """Return what it was handed."""
    return {"limit": limit}


@handler("t:fail")
def fail(run):
    """Fail every time."""
    raise RuntimeError("the source is away")


@handler("t:greet")
def greet(run, name: str = "world"):
    """Print a line, and return it."""
    print(f"hello {name}")  # noqa: T201
    return f"hello {name}"


def importable(run):
    """What only ``register_job`` makes a handler."""
    return "imported"
