"""Root may everything; Erin edits jobs; Vera may only look at them."""

from __future__ import annotations

import pytest
from django.test import Client

from cronmgmt import registry
from cronmgmt.models import Status

EDIT = ("add_scheduledjob", "change_scheduledjob", "view_scheduledjob")


@pytest.fixture(autouse=True)
def _settled(db, now):
    pass


@pytest.fixture(autouse=True)
def _handlers():
    registry.add_handler("tests.sync", sync)
    yield
    registry.forget("tests.sync")


def sync(run, limit=10):
    """Do nothing."""


@pytest.fixture
def logged_in(make_user):
    def log_in(name, *permissions, is_staff=True):
        client = Client()
        client.force_login(make_user(name, *permissions, is_staff=is_staff))
        return client

    return log_in


@pytest.fixture
def root(django_user_model):
    client = Client()
    client.force_login(django_user_model.objects.create_superuser("root"))
    return client


@pytest.fixture
def erin(logged_in):
    return logged_in("erin", *EDIT)


@pytest.fixture
def vera(logged_in):
    return logged_in("vera", "view_scheduledjob", "view_jobrun")


@pytest.fixture
def make_job(make_job):
    """Save a job that runs every day at a quarter past seven."""

    def make(name="members", **changes):
        usual = {"handler": "tests.sync", "schedule_expression": "15 7 * * *"}
        return make_job(name, **{**usual, **changes})

    return make


@pytest.fixture
def make_run(make_run):
    """Save a run of a job that has succeeded unless told otherwise."""

    def make(job, status=Status.SUCCEEDED, **changes):
        return make_run(job, status, **changes)

    return make


@pytest.fixture
def change_url():
    return lambda job: f"/admin/cronmgmt/scheduledjob/{job.pk}/change/"


@pytest.fixture
def filled_in():
    """What the form of a job posts when nothing is touched."""

    def read(client, url, **changes):
        page = client.get(url).context
        forms = [page["adminform"].form]
        for inline in page["inline_admin_formsets"]:
            forms += [inline.formset.management_form, *inline.formset.initial_forms]
        data = {}
        for bound in (bound for form in forms for bound in form):
            value = bound.value()
            if hasattr(bound.field.widget, "decompress"):
                for number, part in enumerate(bound.field.widget.decompress(value)):
                    data[f"{bound.html_name}_{number}"] = part or ""
            elif value is not None and value is not False:
                data[bound.html_name] = value
            if bound.field.show_hidden_initial:
                data[bound.html_initial_name] = value
        return {**data, **changes}

    return read
