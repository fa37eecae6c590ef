"""What a decorator declares is checked at import, not when the job is due."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from cronmgmt import registry
from cronmgmt.errors import InvalidJob, InvalidSchedule


@pytest.mark.parametrize(
    "schedules",
    [
        {"cron": "0 * * * *", "every": "30s"},
        {"every": "30s", "at": "2026-07-01T10:00"},
        {"cron": "0 * * * *", "every": "30s", "at": "2026-07-01T10:00"},
    ],
)
def test_a_job_has_one_schedule(schedules):
    with pytest.raises(InvalidJob, match="only one of cron, every and at"):
        registry.job("t:work", **schedules)


@pytest.mark.parametrize(
    ("schedule", "field"),
    [
        ({"cron": "61 * * * *"}, "minute"),
        ({"cron": ""}, "expression"),
        ({"every": timedelta()}, "every"),
        ({"every": timedelta(seconds=1.5)}, "every"),
        ({"every": 30}, "every"),
        ({"at": "tomorrow"}, "at"),
        ({"cron": "0 * * * *", "timezone": "Mars/Olympus"}, "timezone"),
    ],
)
def test_a_schedule_that_cannot_be_used_is_refused_at_import(schedule, field):
    with pytest.raises(InvalidSchedule) as refusal:
        registry.job("t:work", **schedule)

    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("every", "expression"),
    [
        (timedelta(seconds=30), "30s"),
        (timedelta(days=400), "34560000s"),
        ("1h30m", "1h30m"),
    ],
)
def test_an_interval_is_written_without_loss(every, expression):
    fields = registry.schedule_fields("t:work", every=every)

    assert fields["schedule_expression"] == expression


def test_a_moment_without_a_zone_is_what_clocks_show_there():
    fields = registry.schedule_fields(
        "t:work", at=datetime(2026, 7, 1, 10), timezone="Asia/Tokyo"
    )

    assert fields["schedule_expression"] == "2026-07-01T10:00:00"


def test_a_policy_that_does_not_exist_is_named_with_the_nearest():
    with pytest.raises(InvalidJob, match="no policy 'time_out'; did you mean timeout?"):
        registry.job("t:work", time_out=30)


def test_a_policy_unlike_any_is_refused_with_all_there_are():
    with pytest.raises(InvalidJob, match="known:.*expected_duration"):
        registry.job("t:work", zzz=30)
