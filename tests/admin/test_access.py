"""A job that is restricted to groups, in the admin."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

from cronmgmt.engine import actions
from cronmgmt.models import Activity, Gap, JobAccess, ScheduledJob
from tests.admin.test_jobs import ADD, LIST, NEW

EVERYTHING = (
    "add_scheduledjob",
    "change_scheduledjob",
    "delete_scheduledjob",
    "trigger_scheduledjob",
    "switch_scheduledjob",
    "view_scheduledjob",
    "view_jobrun",
    "view_gap",
    "view_activity",
    "view_calendar",
    "delete_calendar",
)


@pytest.fixture
def payroll(make_job):
    Group.objects.create(name="Payroll")
    job = make_job("payroll")
    actions.restrict_job("payroll", {"Payroll": "act", "Audit": "see"})
    return job


@pytest.fixture
def outside(logged_in):
    return logged_in("otto", *EVERYTHING)


@pytest.fixture
def inside(logged_in, django_user_model, payroll):
    client = logged_in("ina", *EVERYTHING)
    django_user_model.objects.get(username="ina").groups.set(Group.objects.all())
    return client


def rows():
    return dict(JobAccess.objects.values_list("group", "may"))


def test_a_group_is_added_beneath_the_form(erin, make_job, change_url, filled_in):
    Group.objects.create(name="Payroll")
    job = make_job()
    row = {"access-TOTAL_FORMS": "1", "access-0-group": "Payroll", "access-0-may": "2"}

    answer = erin.post(
        change_url(job), filled_in(erin, change_url(job), title="Pay", **row)
    )

    assert answer.status_code == 302
    assert rows() == {"Payroll": JobAccess.May.ACT}
    assert [each.action for each in Activity.objects.order_by("id")] == [
        "edit",
        "restrict",
    ]


def test_a_group_is_taken_away_and_another_changed(
    inside, payroll, change_url, filled_in
):
    data = filled_in(inside, change_url(payroll), title="Pay")
    groups = {data["access-0-group"]: "access-0", data["access-1-group"]: "access-1"}
    data[f"{groups['Audit']}-DELETE"] = "on"
    data[f"{groups['Payroll']}-may"] = "1"

    assert inside.post(change_url(payroll), data).status_code == 302

    assert rows() == {"Payroll": JobAccess.May.SEE}


def test_an_edit_of_something_else_leaves_the_restriction_alone(
    inside, payroll, change_url, filled_in
):
    inside.post(change_url(payroll), filled_in(inside, change_url(payroll), title="P"))

    assert set(rows()) == {"Payroll", "Audit"}
    assert not Activity.objects.filter(action="restrict", actor="ina").exists()


def test_a_group_that_is_gone_can_still_be_seen(root, payroll, change_url):
    page = root.get(change_url(payroll)).content.decode()

    assert '<option value="Audit" selected>' in page


def test_a_copy_is_restricted_like_the_job(inside, payroll, change_url, filled_in):
    Group.objects.create(name="Audit")
    data = filled_in(inside, change_url(payroll), name="payroll-2", _saveasnew="1")
    for key in ("access-0-id", "access-1-id"):
        data[key] = ""

    assert inside.post(change_url(payroll), data).status_code == 302

    copy = ScheduledJob.objects.get(name="payroll-2")
    assert set(copy.access.values_list("group", flat=True)) == {"Payroll", "Audit"}


def test_a_new_job_may_begin_restricted(erin):
    Group.objects.create(name="Payroll")
    row = {"access-TOTAL_FORMS": "1", "access-0-group": "Payroll", "access-0-may": "1"}

    assert erin.post(ADD, {**NEW, **row}).status_code == 302

    assert rows() == {"Payroll": JobAccess.May.SEE}


def test_a_hidden_job_is_in_no_list(outside, inside, payroll, make_run, now):
    make_run(payroll)
    Gap.objects.create(
        job=payroll, kind="off", first=now, last=now, count=2, created_at=now
    )
    for page in (LIST, *(f"/admin/cronmgmt/{m}/" for m in ("jobrun", "gap"))):
        hidden = outside.get(page).context["cl"].queryset
        assert hidden.count() == 0
        assert inside.get(page).context["cl"].queryset.count() == 1
    records = outside.get("/admin/cronmgmt/activity/")
    assert b"payroll" not in records.content


@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_a_hidden_job_is_not_found_by_its_number(outside, payroll, page):
    hidden = outside.get(f"{LIST}{payroll.pk}/{page}/", follow=True)
    invented = outside.get(f"{LIST}999999/{page}/", follow=True)

    told = [str(each) for each in hidden.context["messages"]]
    other = [str(each) for each in invented.context["messages"]]
    assert told == [each.replace("999999", str(payroll.pk)) for each in other]
    assert "exist" in told[0]


@pytest.mark.parametrize("action", ["trigger_now", "switch_off", "delete_selected"])
def test_actions_do_not_reach_a_hidden_job(outside, payroll, action):
    chosen = {"action": action, "_selected_action": payroll.pk, "switch": 1, "post": 1}

    outside.post(LIST, chosen)

    job = ScheduledJob.objects.get()
    assert job.enabled
    assert not job.runs.exists()


def test_who_may_only_see_a_job_cannot_edit_it(
    logged_in, django_user_model, payroll, change_url, filled_in, root
):
    client = logged_in("audrey", *EVERYTHING)
    audit = Group.objects.create(name="Audit")
    django_user_model.objects.get(username="audrey").groups.add(audit)
    data = filled_in(root, change_url(payroll), title="Mine")

    page = client.get(change_url(payroll))
    answer = client.post(change_url(payroll), data)

    assert not page.context["has_change_permission"]
    assert not page.context["inline_admin_formsets"]
    assert answer.status_code == 403
    assert ScheduledJob.objects.get().title == ""


def test_a_calendar_does_not_tell_of_hidden_jobs(outside, payroll):
    actions.save_calendar("closed", [])
    payroll.calendar = "closed"
    payroll.save()

    assert b"payroll" not in outside.get("/admin/cronmgmt/calendar/").content
    page = outside.post("/admin/cronmgmt/calendar/1/delete/", {"post": "yes"}, follow=1)
    assert b"payroll" not in page.content
