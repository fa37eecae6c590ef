"""Jobs in the admin: who sees, makes, edits and deletes them, and what is written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.models import Activity, ScheduledJob

LIST = "/admin/cronmgmt/scheduledjob/"
ADD = f"{LIST}add/"

NEW = {
    "name": "members",
    "handler": "tests.sync",
    "params": '{"limit": 5}',
    "schedule_kind": "cron",
    "schedule_expression": "15 7 * * *",
    "timezone": "Europe/Amsterdam",
    "enabled": "on",
    "jitter": "30s",
    "misfire": "latest",
    "on_holiday": "skip",
    "queue": "default",
    "priority": "20",
    "overlap": "skip",
    "max_attempts": "1",
    "on_lost": "requeue",
    "access-TOTAL_FORMS": "0",
    "access-INITIAL_FORMS": "0",
}


def errors_of(answer):
    return answer.context["adminform"].form.errors


@pytest.mark.part("1.5")
def test_a_job_is_made_with_its_next_run(erin):
    answer = erin.post(ADD, NEW)

    job = ScheduledJob.objects.get()
    assert answer.status_code == 302
    assert job.next_run_at.isoformat() == "2026-06-02T05:15:00+00:00"
    assert job.params == {"limit": 5}
    assert job.jitter == timedelta(seconds=30)
    assert Activity.objects.get().action == "create"


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("name", "Not A Name", "name"),
        ("schedule_expression", "61 * * * *", "schedule_expression"),
        ("timezone", "Mars/Olympus", "timezone"),
        ("params", "{", "params"),
        ("params", "[]", "params"),
        ("params", '{"limt": 5}', "params"),
        ("handler", "os.system", "handler"),
        ("timeout", "-5", "timeout"),
        ("priority", "1000", "priority"),
        ("max_attempts", "0", "max_attempts"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(erin, field, value, where):
    answer = erin.post(ADD, {**NEW, field: value})

    assert list(errors_of(answer)) == [where]
    assert not ScheduledJob.objects.exists()


def test_empty_parameters_are_no_parameters(erin):
    erin.post(ADD, {**NEW, "params": ""})

    assert ScheduledJob.objects.get().params == {}


def test_tags_are_words_with_commas_between(erin):
    erin.post(ADD, {**NEW, "tags": " sync , , members"})

    assert ScheduledJob.objects.get().tags == ["sync", "members"]


def test_a_handler_unknown_here_stays_selectable_with_a_note(
    erin, make_job, change_url, filled_in
):
    job = make_job(handler="from.elsewhere")

    page = erin.get(change_url(job)).content.decode()
    data = filled_in(erin, change_url(job), title="Kept")
    answer = erin.post(change_url(job), data)

    assert "from.elsewhere (not registered in this version of the code)" in page
    assert answer.status_code == 302


@pytest.mark.part("1.5")
def test_an_edit_plans_the_next_run_anew(erin, make_job, change_url, filled_in):
    job = make_job()
    data = filled_in(erin, change_url(job), schedule_expression="0 13 * * *")

    erin.post(change_url(job), data)

    job.refresh_from_db()
    assert job.next_run_at.isoformat() == "2026-06-01T13:00:00+00:00"


def test_a_set_aside_job_is_tried_again_when_saved(
    erin, make_job, change_url, filled_in
):
    job = make_job()
    ScheduledJob.objects.update(
        set_aside_reason="broken", next_run_at=None, planned_from=""
    )

    erin.post(change_url(job), filled_in(erin, change_url(job)))

    job.refresh_from_db()
    assert job.set_aside_reason == ""
    assert job.next_run_at


def test_a_row_broken_by_hand_can_be_opened_and_mended(
    erin, make_job, change_url, filled_in
):
    job = make_job()
    ScheduledJob.objects.update(schedule_expression="61 * * * *")

    assert b"Unusable schedule" in erin.get(LIST).content
    assert b"Unusable schedule" in erin.get(change_url(job)).content
    data = filled_in(erin, change_url(job), schedule_expression="1 * * * *")
    assert erin.post(change_url(job), data).status_code == 302


def test_a_declared_job_keeps_its_name(erin, make_job, change_url, filled_in):
    job = make_job(declared={"title": '""'})

    page = erin.get(change_url(job))

    assert "name" not in page.context["adminform"].form.fields


@pytest.mark.parametrize(
    ("chosen", "found"), [("", "abc"), ("failed", "b"), ("never", "c"), ("other", "")]
)
def test_the_list_narrows_to_what_became_of_the_last_run(erin, make_job, chosen, found):
    for name, status in (("a", "succeeded"), ("b", "failed"), ("c", "")):
        make_job(name, last_status=status)

    answer = erin.get(f"{LIST}?last_status={chosen}")

    assert [job.name for job in answer.context["cl"].result_list] == list(found)
    assert b'last_status="></a>' not in answer.content, "a choice without a name"
