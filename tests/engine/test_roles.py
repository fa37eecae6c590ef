"""The groups are made after migrate; what a site changes in them stays."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from cronmgmt.engine.roles import RIGHTS, ROLES, SINCE, make_roles

pytestmark = pytest.mark.django_db


def rights(name):
    permissions = Group.objects.get(name=name).permissions
    return set(permissions.values_list("codename", flat=True))


@pytest.fixture(autouse=True)
def _anew():
    Group.objects.all().delete()
    make_roles("default")


@pytest.mark.parametrize("name", ROLES)
def test_each_role_has_its_rights(name):
    assert rights(name) == set(ROLES[name])


def test_each_role_may_what_the_one_below_may():
    viewer, operator, manager, _ = (rights(name) for name in ROLES)

    assert viewer < operator < manager


def test_only_a_manager_reads_errors_and_who_did_what():
    only_a_manager = rights("cronmgmt manager") - rights("cronmgmt operator")

    assert {"view_error_jobrun", "view_activity"} <= only_a_manager


def test_what_a_site_took_away_is_not_put_back():
    group = Group.objects.get(name="cronmgmt operator")
    group.permissions.clear()

    make_roles("default")

    assert rights("cronmgmt operator") == set()


def test_a_group_that_was_deleted_is_made_again():
    Group.objects.get(name="cronmgmt viewer").delete()

    make_roles("default")

    assert rights("cronmgmt viewer")


LATER = {"add_jobrun", "add_apikey"}


def migrate(*, undone=False):
    """Migrate; ``undone``: a site of an earlier version, its tables being the same."""
    if undone:
        rows = MigrationRecorder(connection).migration_qs.filter(app="cronmgmt")
        rows.filter(name__gte=RIGHTS).delete()
    call_command("migrate", fake=True, verbosity=0, interactive=False)


@pytest.fixture
def managers():
    """The group as an earlier version made it."""
    group = Group.objects.get(name="cronmgmt manager")
    group.permissions.remove(*group.permissions.filter(codename__in=LATER))
    return group


def test_a_fresh_site_has_all_rights():
    Group.objects.all().delete()

    migrate(undone=True)

    assert all(rights(name) == set(ROLES[name]) for name in ROLES)


def test_the_groups_of_an_upgraded_site_are_given_what_came_later(managers):
    migrate(undone=True)

    assert rights("cronmgmt manager") == set(ROLES["cronmgmt manager"])
    assert not rights("cronmgmt operator") & LATER


def test_what_came_before_and_was_taken_away_stays_away(managers):
    managers.permissions.remove(managers.permissions.get(codename="view_activity"))

    migrate(undone=True)

    missing = set(ROLES["cronmgmt manager"]) - rights("cronmgmt manager")
    assert missing == {"view_activity"}


def test_it_is_given_once(managers):
    migrate(undone=True)
    managers.permissions.remove(*managers.permissions.filter(codename__in=LATER))

    migrate()

    assert not rights("cronmgmt manager") & LATER


def test_what_is_said_to_have_come_later_did():
    names = {name for app, name in MigrationLoader(None).disk_migrations}

    assert set(SINCE.values()) <= names
    assert set(SINCE) <= {right for rights in ROLES.values() for right in rights}
