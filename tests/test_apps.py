"""What happens when Django starts, and after migrate."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from cronmgmt import registry
from cronmgmt.engine.roles import ROLES
from cronmgmt.models import ScheduledJob

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_declaration(monkeypatch):
    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))
    monkeypatch.setattr(registry, "_declarations", {})
    registry.job("t:declared", cron="15 7 * * *")(declared)


def declared(run):
    """Do nothing."""


def migrate(using="default"):
    call_command("migrate", verbosity=0, interactive=False, database=using)


@pytest.mark.part("2.5")
def test_the_handlers_of_every_app_are_found_at_the_start():
    assert registry.is_registered("t:nothing")


@pytest.mark.part("2.5")
def test_declared_jobs_are_written_after_migrate():
    migrate()

    assert ScheduledJob.objects.get().name == "t:declared"


def test_migrating_again_changes_nothing():
    migrate()
    revision = ScheduledJob.objects.get().revision

    migrate()

    assert ScheduledJob.objects.get().revision == revision


def test_the_roles_are_made_after_migrate():
    Group.objects.all().delete()

    migrate()

    assert set(ROLES) <= set(Group.objects.values_list("name", flat=True))


@pytest.mark.django_db(databases=["default", "other"])
def test_jobs_are_written_where_the_runs_are(settings):
    settings.DATABASE_ROUTERS = ["tests.models.routers.AppElsewhere"]

    migrate("default")
    assert not ScheduledJob.objects.using("other").exists()
    migrate("other")

    assert ScheduledJob.objects.using("other").exists()
    assert not ScheduledJob.objects.using("default").exists()
