"""Rings that were lost are rung again; a crew that hears none is noticed."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from cronmgmt.engine import bells
from cronmgmt.engine.bells import (
    AFTER_A_DEATH,
    AFTER_AN_OUTAGE,
    AGAIN,
    OVERDUE,
    PATIENCE,
    Bells,
)

pytestmark = pytest.mark.django_db


class Crew:
    """Workers that only remember being rung for."""

    def __init__(self):
        self.idle = 2
        self.workers = {1: None, 2: None}
        self.heard_at = 0.0
        self.rings = []
        self.can_hear = True

    def ring(self, queue, runs=1):
        self.rings += [queue] * runs
        return self.can_hear


@pytest.fixture
def crew():
    return Crew()


@pytest.fixture
def sleep(monkeypatch):
    """Let so many seconds pass by the clock that never jumps."""
    passed = [1000.0]
    stand_in = type("time", (), {"monotonic": staticmethod(lambda: passed[0])})
    monkeypatch.setattr(bells, "time", stand_in)

    def sleep(seconds):
        passed[0] += seconds

    return sleep


@pytest.fixture
def overdue(make_run, clock):
    """Work that nobody has taken for a while."""
    make_run(available_at=clock.time - OVERDUE - timedelta(seconds=1))


def test_fresh_work_is_left_to_its_own_ring(crew, make_run):
    make_run()

    Bells(crew).ring_for_backlog()

    assert crew.rings == []


def test_work_that_waits_though_somebody_is_idle_is_rung_for(crew, overdue):
    Bells(crew).ring_for_backlog()

    assert crew.rings == ["default"]


@pytest.mark.parametrize(("more", "rings"), [(0, 1), (1, 2), (5, 2)])
def test_as_many_are_rung_for_as_are_idle_and_have_work(
    crew, overdue, make_run, now, more, rings
):
    for _ in range(more):
        make_run()

    Bells(crew).ring_for_backlog()

    assert crew.rings == ["default"] * rings


def test_as_long_as_somebody_is_idle_it_is_rung_for_again(crew, overdue, sleep):
    watched = Bells(crew)
    watched.ring_for_backlog()
    sleep(5)

    watched.ring_for_backlog()

    assert crew.rings == ["default"] * 2


def test_while_all_are_busy_it_is_rung_for_now_and_then(crew, overdue, sleep):
    crew.idle = 0
    watched = Bells(crew)

    for _ in range(4):
        watched.ring_for_backlog()
        sleep(AGAIN / 2)

    assert crew.rings == ["default"] * 2


# Whether anybody answers.


def test_without_a_question_there_is_no_answer_to_wait_for(crew):
    assert not Bells(crew).nobody_answers()


def test_idle_workers_that_do_not_stir_are_deaf(crew, overdue, sleep):
    watched = Bells(crew)
    watched.ring_for_backlog()
    assert not watched.nobody_answers()

    sleep(PATIENCE + 1)

    assert watched.nobody_answers()


def test_a_worker_that_stirs_has_heard(crew, overdue, sleep):
    watched = Bells(crew)
    watched.ring_for_backlog()
    sleep(1)
    crew.heard_at = bells.time.monotonic()

    sleep(PATIENCE + 1)

    assert not watched.nobody_answers()


def test_busy_workers_need_not_answer(crew, overdue, sleep):
    watched = Bells(crew)
    watched.ring_for_backlog()
    crew.idle = 0

    sleep(PATIENCE + 1)

    assert not watched.nobody_answers()


def test_after_a_death_the_patience_is_shorter(crew, sleep):
    watched = Bells(crew)
    watched.a_worker_died()
    assert crew.rings == ["default"]

    sleep(AFTER_A_DEATH + 1)

    assert watched.nobody_answers()


def test_a_broker_that_is_away_makes_nobody_deaf(crew, overdue, sleep):
    watched = Bells(crew)
    watched.ring_for_backlog()
    crew.can_hear = False
    sleep(5)
    watched.ring_for_backlog()

    sleep(PATIENCE + 1)

    assert not watched.nobody_answers()


def test_once_the_broker_is_back_it_takes_a_while_until_they_hear(crew, overdue, sleep):
    crew.can_hear = False
    watched = Bells(crew)
    watched.ring_for_backlog()
    crew.can_hear = True
    watched.ring_for_backlog()

    sleep(PATIENCE + 1)
    assert not watched.nobody_answers()

    sleep(AFTER_AN_OUTAGE)
    assert watched.nobody_answers()


def test_a_crew_started_anew_is_given_time(crew, sleep):
    watched = Bells(crew)
    watched.a_worker_died()
    sleep(PATIENCE + 1)

    watched.begin_anew()

    assert not watched.nobody_answers()


def test_it_measures_by_the_clock_that_never_jumps():
    assert bells.time is time
