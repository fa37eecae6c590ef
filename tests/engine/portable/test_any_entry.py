"""Whatever a file holds: an entry is taken over or refused by field, never a crash."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cronmgmt.engine import actions
from cronmgmt.engine.actions import CODE
from cronmgmt.engine.portable.documents import read_document
from cronmgmt.engine.portable.entries import KNOWN
from cronmgmt.errors import Refused
from cronmgmt.models import ScheduledJob

pytestmark = pytest.mark.django_db

TEXTS = st.sampled_from(
    [
        "",
        "x",
        "5m",
        "0s",
        "99999999w",
        "0 6 * * *",
        "2026-03-01T10:00+01:00",
        "\x00",
        "é",
    ]
    + ["\ud800", "t:greet", "t:limited", "UTC", "skip", "9" * 400, "0001-01-01T00:00Z"]
)
PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, 1, 5, 2**31, 2**63, -1, 10**30]),
    st.floats(),
    TEXTS,
)
JSON = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)
    ),
    max_leaves=5,
)
ENTRIES = st.dictionaries(st.sampled_from([*KNOWN, "typo"]), JSON, max_size=6)
USUAL = {"handler": "t:limited", "cron": "0 6 * * *"}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ENTRIES, st.sampled_from(["a", "A", "", "x" * 101, "\x00"]))
def test_any_entry_is_written_or_refused(clock, entry, name):
    document = read_document({"jobs": {name: {**USUAL, **entry}}})

    outcome = actions.import_jobs(document, CODE)

    assert all(problem.problem for problem in outcome.problems)
    assert (ScheduledJob.named(name) is None) == bool(outcome.problems)
    again = actions.import_jobs(document, CODE)
    assert again.problems or again.unchanged == 1
    ScheduledJob.objects.all().delete()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(JSON, st.dictionaries(st.sampled_from(["jobs", "calendars"]), JSON)))
def test_any_file_is_read_or_refused(clock, data):
    try:
        document = read_document(data)
    except Refused as refusal:
        assert str(refusal)
        return
    outcome = actions.import_jobs(document, CODE, partly=True)
    assert all(problem.problem for problem in outcome.problems)
