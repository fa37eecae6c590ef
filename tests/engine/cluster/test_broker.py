"""A broker that is away ends neither django-q2's pusher nor its monitor."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django_q.conf import Conf
from django_q.signing import SignedPackage

from cronmgmt.engine.cluster import broker as broker_module
from cronmgmt.engine.cluster.broker import LONGEST, PatientBroker
from tests.naps import instead_of_sleep


class Broker:
    list_key = "site"

    def __init__(self):
        self.is_away = False

    def dequeue(self):
        return self._answer([(1, "task")])

    def acknowledge(self, task):
        return self._answer(task)

    def _answer(self, answer):
        if self.is_away:
            raise ConnectionError("refused")
        return answer


@pytest.fixture
def broker():
    return Broker()


@pytest.fixture
def pauses(monkeypatch):
    """How long it waited, each time."""
    waited = []
    instead_of_sleep(monkeypatch, broker_module, waited.append)
    monkeypatch.setattr(broker_module, "close_all", lambda: None)
    return waited


@pytest.fixture
def elsewhere(monkeypatch):
    """The broker is not in a database."""
    monkeypatch.setattr(Conf, "ORM", None)
    monkeypatch.setattr(Conf, "WORKERS", 2)


@pytest.fixture
def away(broker):
    broker.is_away = True
    return PatientBroker(broker)


def rung(tasks):
    """The queues that tasks of a broker ring for."""
    return [SignedPackage.loads(task)["args"][0] for _, task in tasks]


def test_it_is_the_broker_in_all_else(broker, pauses):
    patient = PatientBroker(broker)

    assert patient.list_key == "site"
    assert patient.dequeue() == [(1, "task")]
    assert patient.acknowledge(7) == 7
    assert pauses == []


def test_one_that_is_away_has_nothing_to_do_and_is_asked_less_often(
    broker, pauses, caplog
):
    broker.is_away = True
    patient = PatientBroker(broker)

    answers = [patient.dequeue() for _ in range(10)] + [patient.acknowledge(1)]

    assert answers == [None] * 11
    assert pauses == sorted(pauses)
    assert 0 < pauses[0] < pauses[-1] == LONGEST
    assert "refused" in caplog.text


def test_once_it_is_back_it_is_asked_as_often_as_before(broker, pauses):
    patient = PatientBroker(broker)
    broker.is_away = True
    for _ in range(5):
        patient.dequeue()
    broker.is_away = False
    patient.dequeue()
    broker.is_away = True

    patient.dequeue()

    assert pauses[-1] == pauses[0]


@pytest.mark.django_db
@pytest.mark.usefixtures("elsewhere", "pauses")
def test_while_it_is_away_what_waits_is_rung_for_here(away, make_run):
    for queue in ("default", "default", "default", "slow"):
        make_run(queue=queue)

    tasks = away.dequeue()

    # No more than there are workers, and no message to be acknowledged.
    assert rung(tasks) == ["default", "default", "slow"]
    assert {ack_id for ack_id, _ in tasks} == {None}


@pytest.mark.django_db
@pytest.mark.usefixtures("elsewhere", "pauses")
def test_while_it_is_away_each_cluster_keeps_to_its_queues(away, make_run, monkeypatch):
    monkeypatch.setitem(Conf.conf, "ALT_CLUSTERS", {"slow": {}})
    make_run(queue="default")
    make_run(queue="slow")

    assert rung(away.dequeue()) == ["default"]
    monkeypatch.setattr(Conf, "CLUSTER_NAME", "slow")
    assert rung(away.dequeue()) == ["slow"]


@pytest.mark.django_db
@pytest.mark.usefixtures("elsewhere", "pauses")
def test_while_it_is_away_and_nothing_waits_nobody_is_rung(away):
    assert away.dequeue() is None


@pytest.mark.usefixtures("elsewhere", "pauses")
def test_while_the_database_is_away_too_nothing_ends(away, monkeypatch, caplog):
    def fail():
        raise OperationalError("gone")

    monkeypatch.setattr(broker_module, "rings_for_what_waits", fail)

    assert away.dequeue() is None
    assert "gone" in caplog.text
