"""Parameters typed at a command line are taken by their types."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cronmgmt import registry
from cronmgmt.models import JobRun, ScheduledJob

pytestmark = pytest.mark.django_db


def sync(run, limit: int = 10, regions: list[str] = [], dry: bool = False):  # noqa: B006
    """Take some parameters."""


@pytest.fixture
def job():
    registry.add_handler("t:sync", sync)
    yield ScheduledJob.objects.create(
        name="t:sync", handler="t:sync", schedule_kind="manual"
    )
    registry.forget("t:sync")


def trigger(*options):
    call_command("cronmgmt", "trigger", "t:sync", *options, stdout=StringIO())
    return JobRun.objects.get(job_name="t:sync").params


def test_each_value_becomes_what_its_parameter_is(job):
    params = trigger("--set", "limit=5", "--set", "regions=a,b", "--set", "dry=true")

    assert params == {"limit": 5, "regions": ["a", "b"], "dry": True}


def test_json_and_single_values_may_be_mixed(job):
    assert trigger("--params", '{"limit": 1, "dry": true}', "--set", "limit=2") == {
        "limit": 2,
        "dry": True,
    }


@pytest.mark.parametrize(
    ("option", "complaint"),
    [
        ("limit=many", "'limit' of t:sync must be a whole number"),
        ("speed=9", "no parameter 'speed'"),
        ("limit", "NAME=VALUE is wanted"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(job, option, complaint):
    with pytest.raises(CommandError, match=complaint):
        trigger("--set", option)
