"""Tables for mentors, beside those of the package: ``once`` needs both in one place."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from cronmgmt.engine.context import Run
from cronmgmt.engine.output import Output
from project.certification.made_up import TITLE
from project.models import Certification, Mentor, Notice

TABLES = (Mentor, Certification, Notice)


@pytest.fixture(scope="package")
def tables(django_db_setup, django_db_blocker):
    """The tables, for as long as the tests of this folder take."""
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        for model in TABLES:
            editor.create_model(model)
    yield
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        for model in reversed(TABLES):
            editor.delete_model(model)


@pytest.fixture
def run(tables, db, make_run):
    """A run of the check, as its handler gets it."""
    return Run(make_run(status="running"), Output())


@pytest.fixture
def certify(tables, db, now):
    """Save a mentor, unless one is given, with so many days left."""

    def certify(days, mentor=None):
        mentor = mentor or Mentor.objects.create(name="Ann", email="ann@example.org")
        expires_on = now.date() + timedelta(days=days)
        return Certification.objects.create(
            mentor=mentor, title=TITLE, expires_on=expires_on
        )

    return certify
