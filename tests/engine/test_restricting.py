"""Restrictions to groups that the code declares, and groups that there are not."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from cronmgmt import registry
from cronmgmt.engine import actions
from cronmgmt.engine.declaring import add_missing, apply_declarations
from cronmgmt.engine.restricting import groups_of, lost_restrictions
from cronmgmt.errors import InvalidJob
from cronmgmt.models import Activity, ScheduledJob

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("clock"),
    pytest.mark.part("0.5"),
]

BOTH = {"Payroll": "act", "Auditors": "see"}


def groups():
    return groups_of(ScheduledJob.objects.get())


@pytest.mark.parametrize("write", [apply_declarations, add_missing])
def test_a_job_is_never_there_without_its_restriction(declare, write):
    declare(access=BOTH)

    write()

    assert groups() == BOTH
    record = Activity.objects.get(action="restrict")
    assert (record.actor, record.after) == ("deploy", {"access": BOTH})


def test_what_the_code_says_each_deploy_restores(declare):
    declare(access=BOTH)
    apply_declarations()
    actions.restrict_job("t:members", {"Everybody": "act"})

    applied = apply_declarations()

    assert (groups(), applied.changed) == (BOTH, ["t:members"])
    assert apply_declarations().changed == []


@pytest.mark.parametrize(("said", "then"), [(None, {"Audit": "see"}), ({}, {})])
def test_where_it_says_nothing_the_admins_word_stays(declare, said, then):
    declare(access=said)
    apply_declarations()
    actions.restrict_job("t:members", {"Audit": "see"})

    apply_declarations()

    assert groups() == then


@pytest.mark.parametrize("access", [["Payroll"], {"Payroll": "all"}, {"": "see"}, 5])
def test_what_is_no_restriction_is_refused_at_import(access):
    with pytest.raises(InvalidJob, match="access must be groups"):
        registry.job("t:members", access=access)


def test_a_group_whose_name_is_too_long_keeps_the_job_away(declare):
    declare(access={"x" * 200: "act"})

    applied = apply_declarations()

    assert "cannot name a group" in applied.failed["t:members"]
    assert not ScheduledJob.objects.exists()


def test_groups_that_there_are_not_are_named(declare):
    declare(access=BOTH)
    apply_declarations()
    Group.objects.create(name="Payroll")

    assert lost_restrictions() == {"t:members": ["Auditors"]}
