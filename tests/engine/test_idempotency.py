"""What is asked under a key is done once, whoever asks how often, whatever breaks."""

from __future__ import annotations

import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, connections

from cronmgmt import enqueue
from cronmgmt.actors import Actor
from cronmgmt.engine import idempotency, retention
from cronmgmt.engine.idempotency import Answer, once
from cronmgmt.errors import KeyReused, Refused, UnderWay
from cronmgmt.models import JobRun, KeptAnswer
from tests.engine.threads import wait_until

pytestmark = [pytest.mark.django_db, pytest.mark.part("2.2")]

ALICE = Actor("alice", "api")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _nobody_is_rung_for(bell):
    """The runs of these tests are nobody's work."""


def queue():
    """Do what leaves a run, and say which."""
    return Answer(202, f'{{"executionId": "{enqueue("t:nothing")}"}}', {"ETag": '"1"'})


def ask(key="k", actor=ALICE, fingerprint="f", work=queue):
    return once(actor, key, fingerprint, work)


def test_the_second_time_the_first_answer_comes_again(clock):
    first, second = ask(), ask()

    assert (first.replayed, second.replayed) == (False, True)
    assert first == second._replace(replayed=False)
    assert str(JobRun.objects.get().execution_id) in first.body


@pytest.mark.parametrize("other", ["K", "k ", "kk"])
def test_another_key_is_another_request(clock, other):
    ask()
    ask(other)

    assert JobRun.objects.count() == 2


def test_a_key_is_its_persons_own(clock):
    before, after = SimpleNamespace(pk=1), SimpleNamespace(pk=2)
    people = [
        ALICE,
        Actor("bob", "api"),
        Actor("carol", "api", before),
        Actor("carol", "api", after),  # The name was given to somebody else.
    ]

    answers = [ask(actor=each) for each in people]

    assert len({answer.body for answer in answers}) == len(people)


def test_a_key_is_no_other_requests(clock):
    ask()

    with pytest.raises(KeyReused, match="take a new one"):
        ask(fingerprint="g")
    assert JobRun.objects.count() == 1


class PowerCut(BaseException):
    """Nothing catches it."""


@pytest.mark.parametrize("error", [Refused("not now"), RuntimeError(), PowerCut()])
def test_what_fails_leaves_the_key_free_for_any_request(clock, error):
    def work():
        queue()
        raise error

    with pytest.raises(type(error)):
        ask(work=work)

    assert not JobRun.objects.exists()
    assert not ask(fingerprint="g").replayed


@pytest.mark.part("4.1")
def test_a_crash_between_the_run_and_its_answer_leaves_neither(clock, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(idempotency, "_answered", cut)
        with pytest.raises(PowerCut):
            ask()

    assert not JobRun.objects.exists()
    assert KeptAnswer.objects.get().status is None
    assert not ask().replayed
    assert JobRun.objects.count() == 1


def cut(row, fingerprint, answer):
    assert JobRun.objects.exists()
    raise PowerCut


def test_after_its_time_a_key_is_new(clock, settings):
    settings.CRONMGMT = {"IDEMPOTENCY_KEYS_KEPT": HOUR}
    ask()
    clock.move(HOUR - timedelta(seconds=1))
    before = ask()
    clock.move(timedelta(seconds=1))
    after = ask(fingerprint="g")

    assert (before.replayed, after.replayed) == (True, False)
    assert ask(fingerprint="g").replayed


def test_old_keys_are_deleted(clock):
    ask("old")
    clock.move(HOUR)
    ask("young")
    clock.move(timedelta(hours=23))

    pruning = retention.prune()

    assert pruning.rest["answers"] == 1
    assert ask("young").replayed


def test_a_key_that_is_used_again_meanwhile_is_not_deleted(clock, monkeypatch):
    ask()
    clock.move(timedelta(hours=24))
    delete = retention._deleting

    def used_again(old):
        ask()
        return delete(old)

    monkeypatch.setattr(retention, "_deleting", used_again)
    retention.prune()

    assert ask().replayed


# Several at once.


@pytest.mark.django_db(transaction=True)
def test_who_comes_meanwhile_is_told_so_or_waits():
    told, begun, go_on = [], threading.Event(), threading.Event()

    def slowly():
        begun.set()
        go_on.wait(10)
        return queue()

    def second():
        try:
            told.append(ask())
        except UnderWay as error:
            told.append(error)

    first = in_a_thread(lambda: told.append(ask(work=slowly)))
    begun.wait(10)
    other = in_a_thread(second)
    # SQLite has one writer at a time: there the second one waits for the first.
    if connection.features.has_select_for_update_skip_locked:
        wait_until(lambda: told)
        assert isinstance(told.pop(), UnderWay)
    go_on.set()
    first.join()
    other.join()

    assert {str(JobRun.objects.get().execution_id) in each.body for each in told} == {
        True
    }
    assert ask().replayed


@pytest.mark.django_db(transaction=True)
@pytest.mark.part("4.1")
def test_of_many_at_once_one_is_done():
    answers, start = [], threading.Barrier(10)

    def one():
        start.wait()
        try:
            answers.append(ask())
        except UnderWay as error:
            answers.append(error)

    threads = [in_a_thread(one) for _ in range(10)]
    for thread in threads:
        thread.join()

    assert len(answers) == 10
    assert JobRun.objects.count() == 1
    done = [each for each in answers if isinstance(each, Answer)]
    assert [each.replayed for each in done].count(False) == 1
    assert len({each.body for each in done}) == 1


@pytest.mark.django_db(transaction=True)
def test_what_the_database_asks_for_again_is_done_once():
    tries = []

    def work():
        tries.append(queue())
        if len(tries) == 1:
            raise OperationalError("database is locked")
        return tries[-1]

    answer = ask(work=work)

    assert len(tries) == 2
    assert str(JobRun.objects.get().execution_id) in answer.body


def in_a_thread(work):
    def do():
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=do)
    thread.start()
    return thread
