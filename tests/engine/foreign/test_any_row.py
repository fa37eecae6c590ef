"""Whatever another system's rows hold: each is carried or refused, never a crash."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cronmgmt.engine import actions
from cronmgmt.engine.actions import CODE
from cronmgmt.engine.foreign import celery_beat, crontab, django_q2
from cronmgmt.models import ScheduledJob
from tests.engine.foreign import make_fixtures

pytestmark = pytest.mark.django_db

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from([0, -1, 2**63, 10**400, [], {}, [1], {"a": 1}]),
    st.sampled_from(
        [
            "",
            "x",
            "\x00",
            "\ud800",
            "[]",
            "{}",
            "1, 2",
            "a=1",
            "*",
            "0 6 * * *",
            "H * * * *",
        ]
        + [
            "2026-06-02T08:00:00Z",
            "0001-01-01T00:00:00",
            "9999-12-31T23:59:59Z",
            "(" * 300,
        ]
        + [
            "{'q_options': 5}",
            "{'q_options': {'timeout': -1}}",
            '{"a": NaN}',
            "t:greet",
        ]
    ),
)
Q2 = make_fixtures.q2_row(make_fixtures.random.Random(1), 1, "D")
BEAT = make_fixtures.beat_row(make_fixtures.random.Random(1), 1, crontab=1)
MAP = {"shop.tasks.*": {"handler": "t:limited", "args": ["limit"]}}
KINDS = st.sampled_from(make_fixtures.Q2_KINDS)
quick = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def changed(row):
    return st.dictionaries(st.sampled_from(sorted(row)), ODD, min_size=1, max_size=4)


def carried_or_refused(moved):
    outcome = actions.import_jobs(moved.document, CODE, partly=True)
    moved.give_up(outcome.problems)
    count = len(moved.document.jobs) + moved.count_refused + len(moved.left_out)
    assert ScheduledJob.objects.count() == len(moved.document.jobs)
    assert all(each.problem for each in moved.refused)
    ScheduledJob.objects.all().delete()
    return count


@quick
@given(KINDS, changed(Q2))
def test_any_schedule_of_django_q2(around, clock, kind, changes):
    rows = {"schedule": {"1": {**Q2, "schedule_type": kind, **changes}}}

    assert carried_or_refused(django_q2.move(rows, around(MAP))) == 1


CRONTAB = {"minute": "0", "hour": "6", "timezone": "UTC"}
INTERVAL = {"every": 5, "period": "minutes"}


@quick
@given(changed(BEAT), changed(CRONTAB), st.sampled_from(["", "redis"]))
def test_any_task_of_celery_beat(around, clock, changes, fields, broker):
    rows = {
        "periodictask": {"1": {**BEAT, **changes}},
        "crontabschedule": {"1": {**CRONTAB, **fields}},
        "intervalschedule": {"5": INTERVAL, "x": {"every": fields.get("hour")}},
        "clockedschedule": {"1": {"clocked_time": fields.get("minute")}},
    }

    assert carried_or_refused(celery_beat.move(rows, around(MAP, broker=broker))) == 1


WORDS = st.sampled_from(
    [
        "*",
        "0",
        "*/5",
        "1-5",
        "@daily",
        "@reboot",
        "@",
        "%",
        "\\%",
        ">",
        "2>&1",
        "x",
        "=",
        "#",
    ]
    + ["CRON_TZ=", "Mars", "\t", "\x00", "-", "mon", "L", "H", "~", "é", "\x0b", "\x85"]
)


@quick
@given(st.lists(WORDS, max_size=9), st.booleans())
def test_any_line_of_a_crontab(around, clock, words, system):
    moved = crontab.move(" ".join(words), around({"*": "t:nothing"}), system=system)

    assert carried_or_refused(moved) <= 1
