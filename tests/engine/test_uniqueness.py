"""One unfinished run per key, whoever queues it and however often."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from cronmgmt import cancel_run, enqueue, enqueue_many
from cronmgmt.engine import uniqueness
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.errors import InvalidWork
from cronmgmt.models import JobRun

pytestmark = pytest.mark.django_db


def test_a_second_piece_of_work_under_a_key_is_the_first(bell):
    first = enqueue("t:limited", {"limit": 1}, unique_key="report 7")
    second = enqueue("t:limited", {"limit": 2}, unique_key="report 7")

    assert first == second
    run = JobRun.objects.get()
    assert (run.params, run.unique_key) == ({"limit": 1}, "report 7")


def test_keys_are_told_apart_to_the_letter():
    keys = ["a", "A", "a ", "ä", "a\x1fb"]

    assert len({enqueue("t:nothing", unique_key=key) for key in keys}) == len(keys)


def test_a_key_is_free_again_when_its_run_is_finished():
    first = enqueue("t:nothing", unique_key="k")
    work_a_slice("default")
    second = enqueue("t:nothing", unique_key="k")
    cancel_run(second)

    assert len({first, second, enqueue("t:nothing", unique_key="k")}) == 3


def test_many_take_the_free_keys_and_name_the_holders_of_the_others():
    held = enqueue("t:limited", {"limit": 0}, unique_key="b")

    ids = enqueue_many(
        "t:limited",
        [{"limit": limit} for limit in range(1, 5)],
        unique_keys=["a", "b", "c", "a"],
    )

    assert ids[1] == held
    assert ids[0] == ids[3]
    limits = JobRun.objects.order_by("id").values_list("params__limit", flat=True)
    assert list(limits) == [0, 1, 3]


def test_keys_must_be_as_many_as_the_work():
    with pytest.raises(InvalidWork, match="2 pieces of work and 1 unique keys"):
        enqueue_many("t:nothing", [{}, {}], unique_keys=["a"])


def test_whoever_comes_between_look_and_write_keeps_the_key(monkeypatch):
    holders = uniqueness.holders
    answers = [{}]

    def look(keys):
        return answers.pop() if answers else holders(keys)

    held = enqueue("t:limited", {"limit": 1}, unique_key="k")
    monkeypatch.setattr(uniqueness, "holders", look)

    assert enqueue("t:limited", {"limit": 2}, unique_key="k") == held
    assert JobRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_queued():
    answers = []
    start = threading.Barrier(4)

    def work():
        start.wait()
        answers.append(enqueue("t:nothing", unique_key="k"))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 4
    assert set(answers) == {JobRun.objects.get().execution_id}
