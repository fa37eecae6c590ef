"""Each policy can be declared in code and changed in the admin, with the same effect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cronmgmt import registry
from cronmgmt.engine import actions
from cronmgmt.engine.declaring import apply_declarations
from cronmgmt.models import ScheduledJob
from cronmgmt.policies import POLICIES

HOUR = timedelta(hours=1)
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)

# In code, in the form, and what the row holds.
EACH = {
    "title": ("Members", "Members", "Members"),
    "description": ("Call Bob.", "Call Bob.", "Call Bob."),
    "purpose": ("Why", "Why", "Why"),
    "dependencies": ("The API", "The API", "The API"),
    "owner": ("Team A", "Team A", "Team A"),
    "tags": (["a", "b"], "a, b", ["a", "b"]),
    "params": ({"limit": 7}, {"limit": "7"}, {"limit": 7}),
    "queue": ("slow", "slow", "slow"),
    "priority": (0, "0", 0),
    "timeout": (HOUR, "1h", HOUR),
    "expected_duration": (HOUR, "1h", HOUR),
    "failure_aim": (0.05, "0.05", 0.05),
    "max_attempts": (3, "3", 3),
    "backoff": (HOUR, "1h", HOUR),
    "backoff_ceiling": (HOUR, "1h", HOUR),
    "retry_on": ([OSError], "OSError", ["OSError"]),
    "start_deadline": (HOUR, "1h", HOUR),
    "memory_limit": (64, "64", 64),
    "on_lost": ("fail", "fail", "fail"),
    "overlap": ("wait", "wait", "wait"),
    "lock_key": ("report", "report", "report"),
    "concurrency": (2, "2", 2),
    "misfire": ("none", "none", "none"),
    "grace": (HOUR, "1h", HOUR),
    "calendar": ("nl", "nl", "nl"),
    "on_holiday": ("next", "next", "next"),
    "jitter": (HOUR, "1h", HOUR),
    "starts_at": (NEW_YEAR, ("2027-01-01", "00:00:00"), NEW_YEAR),
    "ends_at": (NEW_YEAR, ("2027-01-01", "00:00:00"), NEW_YEAR),
    "retention": (HOUR, "1h", HOUR),
    "failure_retention": (HOUR, "1h", HOUR),
    "keep_last": (0, "0", 0),
    "keep_most": (5, "5", 5),
    "mail_requester": (True, "on", True),
    "mail_to": (["a@example.com"], "a@example.com", ["a@example.com"]),
}
NEEDS = {"concurrency": {"overlap": "allow"}}


def test_no_policy_is_left_out():
    assert EACH.keys() == POLICIES


@pytest.mark.parametrize("policy", EACH)
def test_it_is_declared_in_code(monkeypatch, policy):
    declared, _, stored = EACH[policy]
    monkeypatch.setattr(registry, "_declarations", {})

    def work(run, limit: int = 10):
        """Do nothing."""

    policies = {**NEEDS.get(policy, {}), policy: declared}
    registry.job("t:each", cron="15 7 * * *", **policies)(work)

    assert not apply_declarations().failed
    assert getattr(ScheduledJob.objects.get(), policy) == stored


@pytest.mark.parametrize("policy", EACH)
def test_it_is_edited_in_the_admin(
    erin, make_job, change_url, filled_in, settings, policy
):
    settings.TIME_ZONE = "UTC"
    _, typed, stored = EACH[policy]
    actions.save_calendar("nl", [])
    job = make_job(**NEEDS.get(policy, {}))
    url = change_url(job)

    answer = erin.post(url, filled_in(erin, url, **fields(policy, typed)))

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert getattr(ScheduledJob.objects.get(), policy) == stored


def fields(policy, typed):
    """Return what a person types: some policies have several boxes."""
    if isinstance(typed, dict):
        return {f"param_{name}": value for name, value in typed.items()}
    if isinstance(typed, tuple):
        return {f"{policy}_{n}": value for n, value in enumerate(typed)}
    return {policy: typed}
