"""What was queued is found again, and a failure says what there is."""

from __future__ import annotations

import pytest

from cronmgmt import enqueue, enqueue_many, trigger_job
from cronmgmt.testing import Watched, assert_not_queued, assert_queued

pytestmark = pytest.mark.django_db


def test_work_is_found_by_its_handler_and_any_of_its_parameters_and_columns():
    enqueue("t:limited", {"limit": 3}, priority="high", unique_key="k")

    assert_queued("t:limited")
    run = assert_queued("t:limited", {"limit": 3}, count=1, priority=10, unique_key="k")

    assert run.params == {"limit": 3}


@pytest.mark.parametrize(
    "wrong",
    [
        {"handler": "t:nothing"},
        {"handler": "t:limited", "params": {"limit": 4}},
        {"handler": "t:limited", "params": {"other": None}},
        {"handler": "t:limited", "priority": 0},
        {"handler": "t:limited", "count": 2},
    ],
    ids=str,
)
def test_what_is_not_there_fails_with_what_is(wrong):
    enqueue("t:limited", {"limit": 3})

    with pytest.raises(AssertionError, match=r"t:limited \{'limit': 3\} \(queued\)"):
        assert_queued(**wrong)
    if "count" not in wrong:
        assert_not_queued(**wrong)


def test_what_should_not_be_there_fails_too():
    assert_not_queued()
    enqueue("t:nothing")

    with pytest.raises(AssertionError, match="This was queued"):
        assert_not_queued()
    with pytest.raises(AssertionError, match="This was queued"):
        assert_not_queued("t:nothing")


def test_a_block_watches_from_its_beginning_to_its_end(make_job):
    make_job("members", handler="t:limited")
    enqueue("t:nothing")

    with Watched() as queued:
        enqueue_many("t:limited", [{"limit": 1}, {"limit": 2}])
        trigger_job("members")
    enqueue("t:nothing")

    assert [run.job_name for run in queued.runs] == [
        "t:limited",
        "t:limited",
        "members",
    ]
    queued.assert_queued("members", count=1)
    queued.assert_queued("t:limited", count=3)
    queued.assert_not_queued("t:nothing")
