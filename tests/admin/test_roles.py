"""Who may do what in the admin: the three groups, a stranger, and nobody."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from cronmgmt.engine.roles import make_roles
from cronmgmt.models import Activity, JobRun, ScheduledJob
from tests.admin.test_jobs import ADD, LIST, NEW
from tests.admin.test_verbs import do

ROLES = ["viewer", "operator", "manager", "stranger", "nobody"]


@pytest.fixture
def people(django_user_model):
    """Log in as somebody of the staff who has a role."""
    make_roles("default")

    def log_in(role):
        client = Client()
        if role != "nobody":
            user = django_user_model.objects.create_user(role, is_staff=True)
            user.groups.set(Group.objects.filter(name=f"cronmgmt {role}"))
            client.force_login(user)
        return client

    return log_in


def allowed(status):
    """One word for each role, in the order of ROLES: the status it gets."""
    return list(zip(ROLES, map(int, status.split()), strict=True))


@pytest.mark.parametrize(("role", "status"), allowed("200 200 200 403 302"))
def test_looking(people, make_job, change_url, role, status):
    job = make_job()
    client = people(role)

    assert client.get(LIST).status_code == status
    assert client.get(change_url(job)).status_code == status


@pytest.mark.parametrize(("role", "status"), allowed("403 403 200 403 302"))
def test_making(people, role, status):
    client = people(role)

    assert client.get(ADD).status_code == status
    assert client.get(ADD, {"handler": "tests.sync"}).status_code == status
    client.post(ADD, NEW)
    assert ScheduledJob.objects.exists() is (status == 200)


@pytest.mark.parametrize(("role", "status"), allowed("403 403 200 403 302"))
def test_editing(people, make_job, change_url, filled_in, root, role, status):
    job = make_job()
    data = filled_in(root, change_url(job), title="New", param_limit="3")

    people(role).post(change_url(job), data)

    job.refresh_from_db()
    changed = ("New", {"limit": 3}) if status == 200 else ("", {})
    assert (job.title, job.params) == changed


@pytest.mark.parametrize(("role", "status"), allowed("403 200 200 403 302"))
def test_switching_off(people, make_job, role, status):
    do(people(role), "switch_off", make_job(), switch="1")

    assert ScheduledJob.objects.get().enabled is (status != 200)


@pytest.mark.parametrize(("role", "status"), allowed("403 200 200 403 302"))
def test_triggering(people, make_job, role, status):
    do(people(role), "trigger_now", make_job())

    assert JobRun.objects.exists() is (status == 200)


@pytest.mark.parametrize(("role", "status"), allowed("403 200 200 403 302"))
def test_triggering_with_other_parameters(people, make_job, role, status):
    make_job()
    form = "/cron/jobs/members/trigger"
    client = people(role)

    assert client.get(form).status_code == status
    client.post(form, {"param_limit": "3"})
    assert JobRun.objects.filter(params={"limit": 3}).exists() is (status == 200)


@pytest.mark.parametrize(("role", "status"), allowed("403 403 200 403 302"))
def test_retiring_and_back(people, make_job, role, status):
    job = make_job()
    client = people(role)

    do(client, "retire", job)
    assert (ScheduledJob.objects.get().state == "retired") is (status == 200)
    do(client, "revive", job)
    assert ScheduledJob.objects.get().state == "on"
    assert Activity.objects.filter(allowed=True).exists() is (status == 200)
