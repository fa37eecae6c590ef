"""What ``@job`` and ``@handler`` take besides a schedule: names, and for work, values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from difflib import get_close_matches
from typing import Any

from django.utils.functional import Promise

from cronmgmt.errors import InvalidJob, shorten
from cronmgmt.text import full_name, is_name

WORK_POLICIES = frozenset(
    ["queue", "priority", "timeout", "memory_limit"]
    + ["max_attempts", "backoff", "backoff_ceiling", "retry_on", "on_lost"]
    + ["lock_key", "concurrency"]
)
"""Those that concern one run: ``@handler`` takes them, for work that is queued."""

POLICIES = WORK_POLICIES | frozenset(
    ["title", "description", "purpose", "dependencies", "owner", "tags"]
    + ["params", "expected_duration", "failure_aim", "overlap"]
    + ["misfire", "grace", "start_deadline", "jitter", "starts_at", "ends_at"]
    + ["calendar", "on_holiday"]
    + ["retention", "failure_retention", "keep_last", "keep_most"]
    + ["mail_requester", "mail_to"]
)
"""What ``@job`` and ``register_job`` take besides the schedule."""

TEXTS = frozenset(["title", "description", "purpose", "dependencies", "owner"])

LONGEST = timedelta(days=36_525)
"""More than anything takes, and less than what a database's own type holds."""

PRIORITIES = {"urgent": 0, "high": 10, "normal": 20, "low": 30}
"""Lower is sooner."""

_WHOLE = {
    "priority": (-100, 200),
    "max_attempts": (1, 100),
    "concurrency": (1, 100),
    "memory_limit": (16, 2**31 - 1),
}
"""Whole numbers, with the least and the most."""

_DURATIONS = ("timeout", "backoff", "backoff_ceiling")


def known_policies(
    name: str, policies: Mapping[str, Any], known: frozenset[str] = POLICIES
) -> dict[str, Any]:
    """Return ``policies``, or raise InvalidJob for one that does not exist."""
    for policy in policies:
        if policy not in known:
            near = get_close_matches(policy, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"known: {sorted(known)}"
            raise InvalidJob(f"{name}: there is no policy {policy!r}; {hint}")
    given = dict(policies)
    if "priority" in given:
        given["priority"] = priority_number(given["priority"])
    if isinstance(errors := given.get("retry_on"), list | tuple):
        given["retry_on"] = [full_name(e) if _is_error(e) else e for e in errors]
    for policy in TEXTS & given.keys():
        if not isinstance(given[policy], str | Promise):
            raise InvalidJob(
                f"{name}: {policy} must be text; got {shorten(given[policy])}"
            )
    return given


def _is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, BaseException)


def work_policies(name: str, policies: Mapping[str, Any]) -> dict[str, Any]:
    """Return the policies of a handler's work, each checked.

    Raises InvalidJob with the policy, what came and what was wanted.
    """
    known = known_policies(name, policies, WORK_POLICIES)
    given = {
        policy: value for policy, value in known.items() if value not in (None, "")
    }
    for policy, value in given.items():
        if wanted := _unlike(policy, value):
            raise InvalidJob(f"{name}: {policy} must be {wanted}; got {shorten(value)}")
    return given


def known_access(name: str, access: Mapping[str, str]) -> dict[str, str]:
    """Return the groups to which a job is restricted, and what each may.

    Raises InvalidJob for what is none, or for something else than see and act.
    """
    fits = isinstance(access, Mapping) and all(
        isinstance(group, str) and group and may in ("see", "act")
        for group, may in access.items()
    )
    if not fits:
        raise InvalidJob(
            f'{name}: access must be groups with "see" or "act", such as '
            f'{{"Payroll": "act"}}; got {shorten(access)}'
        )
    return dict(access)


def priority_number(value: object) -> object:
    """Return the number of a priority that is given by its name; else the value."""
    return PRIORITIES.get(value, value) if isinstance(value, str) else value


def _unlike(policy: str, value: object) -> str:
    """Return what was wanted if the value is nothing like it."""
    if policy in _WHOLE:
        least, most = _WHOLE[policy]
        named = " or urgent, high, normal, low" if policy == "priority" else ""
        fits = isinstance(value, int) and least <= value <= most
        fits = fits and not isinstance(value, bool)
        return "" if fits else f"a whole number from {least} to {most}{named}"
    if policy in _DURATIONS:
        fits = isinstance(value, timedelta) and timedelta() < value <= LONGEST
        return "" if fits else "a timedelta above zero, of at most a hundred years"
    if policy == "on_lost":
        return "" if value in ("requeue", "fail") else '"requeue" or "fail"'
    if policy == "retry_on":
        fits = isinstance(value, list) and all(map(_is_error_name, value))
        return "" if fits else "a list of exceptions"
    return "" if is_name(value) else "made of a-z 0-9 _ . : -"


def _is_error_name(value: object) -> bool:
    return isinstance(value, str) and all(map(str.isidentifier, value.split(".")))
