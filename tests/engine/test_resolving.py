"""A handler's name leads to registered code, or to a path that this site signed."""

from __future__ import annotations

import pytest

from cronmgmt import registry
from cronmgmt.engine.actions import register_job
from cronmgmt.engine.resolving import resolve
from cronmgmt.errors import HandlerRefused, UnknownHandler
from cronmgmt.models import ImportedHandler
from tests.app import jobs

pytestmark = pytest.mark.django_db

NAME = "tests.app.jobs.importable"


@pytest.fixture
def registered():
    """A function that ``register_job`` was handed in another process."""
    register_job("job", None, jobs.importable)
    registry.forget(NAME)


def test_a_registered_handler_needs_no_row(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert resolve("t:nothing").function is jobs.nothing


@pytest.mark.part("2.1")
def test_another_process_imports_what_code_registered(registered):
    assert resolve(NAME).function is jobs.importable


def test_it_is_imported_once(registered, django_assert_num_queries):
    resolve(NAME)

    with django_assert_num_queries(0):
        resolve(NAME)


def test_an_unknown_name_is_refused_with_the_nearest(db):
    with pytest.raises(UnknownHandler, match="Did you mean t:nothing?"):
        resolve("t:nothin")


@pytest.mark.parametrize("path", ["os:abort", "tests.app.jobs:fail"])
def test_a_row_changed_by_hand_imports_nothing(registered, path):
    ImportedHandler.objects.update(path=path)

    with pytest.raises(HandlerRefused, match="not signed by this site"):
        resolve(NAME)

    assert not registry.is_registered(NAME)


def test_a_row_written_by_hand_imports_nothing(db):
    ImportedHandler.objects.create(name="evil", path="os:abort", signature="made up")

    with pytest.raises(HandlerRefused):
        resolve("evil")


@pytest.mark.parametrize("path", ["no.such.module:sync", "tests.app.jobs:gone"])
def test_code_that_is_gone_says_so(registered, path):
    row = ImportedHandler.objects.get()
    row.path = path
    row.sign()
    row.save()

    with pytest.raises(UnknownHandler, match="cannot be imported from"):
        resolve(NAME)


def test_what_is_no_function_any_more_is_refused(registered):
    row = ImportedHandler.objects.get()
    row.path = "tests.app.jobs:__doc__"
    row.sign()
    row.save()

    with pytest.raises(HandlerRefused, match="not a str"):
        resolve(NAME)
