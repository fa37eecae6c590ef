"""Connections that end otherwise than Django expects."""

from __future__ import annotations

import pytest
from django.db import connections

from cronmgmt.engine.connections import close_all
from cronmgmt.models import JobRun

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "other"])


def test_what_the_driver_calls_closed_already_stops_no_other_from_closing():
    for alias in connections:
        connections[alias].ensure_connection()
        connections[alias].connection.close()

    close_all()

    assert [connections[alias].connection for alias in connections] == [None, None]
    assert not JobRun.objects.exists()
