"""The groups are made after migrate; what a site changes in them stays."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from cronmgmt.engine.roles import ROLES, make_roles

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
