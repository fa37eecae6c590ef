"""Sources and copies, in databases that only these tests know."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache

import pytest
from django.db import connections

from project.models import Member, Push, SourceMember
from project.sync.copying import Copy
from project.sync.tables import TABLES
from tests.project.aliases import KINDS, PAIRS, aliases, database_url
from tests.project.site import a_site


@pytest.fixture(scope="session")
def on_server(django_db_blocker):
    """Return the URL of a server's database; who makes tables there drops them."""
    with ExitStack() as stack:

        @cache
        def url(kind):
            return stack.enter_context(database_url(kind, None))

        yield url
        with django_db_blocker.unblock():
            stack.close()


@pytest.fixture
def empty(on_server, tmp_path, django_db_blocker):
    """Return the URL of an empty database of a kind, for the length of the test."""
    with django_db_blocker.unblock(), ExitStack() as stack:

        def url(kind):
            if kind != "sqlite":
                return on_server(kind)
            return stack.enter_context(database_url(kind, tmp_path))

        yield url


@pytest.fixture(params=KINDS)
def copy(request, empty):
    """Two empty tables: the source in SQLite, the copy in each kind of database."""
    urls = {"source": empty("sqlite"), "target": empty(request.param)}
    with (
        aliases(members_source=urls["source"], members_target=urls["target"]),
        tables("members_source", SourceMember),
        tables("members_target", Member),
    ):
        yield Copy(SourceMember, Member, "members_source", "members_target")


@pytest.fixture(params=PAIRS, ids="-".join)
def copies(request, empty):
    """Every table that is copied, empty on both sides."""
    source, target = map(empty, request.param)
    with (
        aliases(tables_source=source, tables_target=target),
        tables("tables_source", *(copy.source_model for copy in TABLES.values())),
        tables("tables_target", *(copy.target_model for copy in TABLES.values())),
    ):
        yield {
            name: replace(copy, source="tables_source", target="tables_target")
            for name, copy in TABLES.items()
        }


@pytest.fixture(params=KINDS)
def target(request, empty):
    """The alias of a database with nobody in it, and nothing pushed to the API."""
    with (
        aliases(pushes_target=empty(request.param)),
        tables("pushes_target", Member, Push),
    ):
        yield "pushes_target"


@contextmanager
def tables(alias, *models):
    """Make the tables, and drop them at the end of the block."""
    with connections[alias].schema_editor() as editor:
        for model in models:
            editor.create_model(model)
    try:
        yield
    finally:
        connections[alias].close()  # Whatever the test left open would hold them.
        with connections[alias].schema_editor() as editor:
            for model in reversed(models):
                editor.delete_model(model)


@pytest.fixture(scope="module")
def site(tmp_path_factory, django_db_blocker):
    """The demo site with its tables, for all tests of a module."""
    with (
        django_db_blocker.unblock(),
        a_site(tmp_path_factory.mktemp("site")) as site,
    ):
        site.make_tables()
        yield site
