"""A person of each role, an open job, and one that is restricted to groups."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client

from cronmgmt.engine import actions
from cronmgmt.engine.roles import make_roles
from cronmgmt.models import JobRun, ScheduledJob, Status

GROUPS = {
    "outsider": [],
    "reader": ["cronmgmt error reader"],
    "viewer": ["cronmgmt viewer"],
    "operator": ["cronmgmt operator"],
    "manager": ["cronmgmt manager"],
    "otto": ["cronmgmt operator"],
    "ada": ["cronmgmt operator", "Audit"],
}


@dataclass
class Scene:
    """What there is: by kind, the name of a job and the id of a finished run."""

    jobs: dict[str, ScheduledJob]
    runs: dict[str, JobRun]

    def of(self, person):
        """Return the job and the run that this person asks for."""
        which = "payroll" if person in ("otto", "ada") else "members"
        return self.jobs[which].name, str(self.runs[which].execution_id)


@pytest.fixture(autouse=True)
def _nobody_is_rung_for(db, bell):
    pass


@pytest.fixture
def people(django_user_model):
    """Log somebody in; ``staff`` may enter the admin."""
    make_roles("default")

    def log_in(name, *, staff=False, **options):
        client = Client(**options)
        if name == "anonymous":
            return client
        user, made = django_user_model.objects.get_or_create(
            username=name, defaults={"is_staff": staff}
        )
        if made:
            for group in GROUPS[name]:
                user.groups.add(Group.objects.get_or_create(name=group)[0])
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def scene(make_job, make_run):
    names = ("members", "payroll")
    jobs = {name: make_job(name, tags=[f"of-{name}"]) for name in names}
    jobs["payroll"].owner, jobs["payroll"].title = "payroll's owner", "The payroll"
    jobs["payroll"].save()
    runs = {name: make_run(jobs[name], Status.SUCCEEDED) for name in names}
    actions.restrict_job("payroll", {"Payroll": "act", "Audit": "see"})
    return Scene(jobs, runs)


@pytest.fixture
def tried():
    """Ask for something, look at what came of it, and undo it."""

    def do(ask, look=lambda answer: answer.status_code):
        with transaction.atomic():
            try:
                return look(ask())
            finally:
                transaction.set_rollback(True)

    return do
