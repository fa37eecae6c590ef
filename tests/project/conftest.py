"""Sources and copies, in databases that only this test knows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connections

from project.models import Member, Push, SourceMember
from project.sync.copying import Copy
from project.sync.tables import TABLES
from tests.project.aliases import KINDS, PAIRS, aliases, database_url
from tests.project.site import a_site


@pytest.fixture(params=KINDS)
def copy(request, tmp_path, django_db_blocker):
    """Two empty tables: the source in SQLite, the copy in each kind of database."""
    with (
        django_db_blocker.unblock(),
        database_url("sqlite", tmp_path) as source,
        database_url(request.param, tmp_path) as target,
        aliases(members_source=source, members_target=target),
    ):
        create_table(SourceMember, "members_source")
        create_table(Member, "members_target")
        yield Copy(SourceMember, Member, "members_source", "members_target")


@pytest.fixture(params=PAIRS, ids="-".join)
def copies(request, tmp_path, django_db_blocker):
    """Every table that is copied, empty on both sides."""
    source, target = request.param
    with (
        django_db_blocker.unblock(),
        database_url(source, tmp_path) as source,
        database_url(target, tmp_path) as target,
        aliases(tables_source=source, tables_target=target),
    ):
        for copy in TABLES.values():
            create_table(copy.source_model, "tables_source")
            create_table(copy.target_model, "tables_target")
        yield {
            name: replace(copy, source="tables_source", target="tables_target")
            for name, copy in TABLES.items()
        }


@pytest.fixture(params=KINDS)
def target(request, tmp_path, django_db_blocker):
    """The alias of a database with nobody in it, and nothing pushed to the API."""
    with (
        django_db_blocker.unblock(),
        database_url(request.param, tmp_path) as url,
        aliases(pushes_target=url),
    ):
        for model in (Member, Push):
            create_table(model, "pushes_target")
        yield "pushes_target"


def create_table(model, alias):
    with connections[alias].schema_editor() as editor:
        editor.create_model(model)


@pytest.fixture(scope="module")
def site(tmp_path_factory, django_db_blocker):
    """The demo site with its tables, for all tests of a module."""
    with (
        django_db_blocker.unblock(),
        a_site(tmp_path_factory.mktemp("site")) as site,
    ):
        site.make_tables()
        yield site
