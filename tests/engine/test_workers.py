"""What a worker process is called, and how long it owns what it claimed."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.db import connection

from cronmgmt.engine import workers
from cronmgmt.engine.leases import ON_SQLITE, USUAL, lease

pytestmark = pytest.mark.part("4.12")


def test_a_worker_is_called_by_its_instance_process_and_a_tag():
    instance, pid, tag = workers.this().rsplit(":", 2)

    assert instance
    assert pid == str(os.getpid())
    assert len(tag) == 6


def test_it_keeps_its_name():
    assert workers.this() == workers.this()


def test_a_forked_process_has_another_name(monkeypatch):
    mine = workers.this()
    monkeypatch.setattr(os, "getpid", lambda: 1)

    forked = workers.this()
    monkeypatch.undo()

    assert forked != mine
    assert ":1:" in forked


def test_a_worker_of_this_instance_is_known_by_its_name(settings):
    settings.CRONMGMT = {"INSTANCE": "pod:7"}

    assert workers.is_of_this_instance("pod:7:123:abcdef")
    assert not workers.is_of_this_instance("pod:8:123:abcdef")
    assert not workers.is_of_this_instance("")


def test_a_lease_is_as_long_as_the_site_says(settings):
    settings.CRONMGMT = {"LEASE": timedelta(minutes=5)}

    assert lease() == timedelta(minutes=5)


def test_or_as_fits_its_database(settings):
    settings.CRONMGMT = {}

    assert lease() == (ON_SQLITE if connection.vendor == "sqlite" else USUAL)
