"""Calendars in the admin: dates one by one or as lines, planned into their jobs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from cronmgmt.engine import actions
from cronmgmt.models import Activity, Calendar, ScheduledJob

LIST = reverse("admin:cronmgmt_calendar_changelist")
ADD = reverse("admin:cronmgmt_calendar_add")
NOTHING = {
    "description": "",
    "lines": "",
    "days-TOTAL_FORMS": "0",
    "days-INITIAL_FORMS": "0",
}
TOMORROW = date(2026, 6, 2)
DAY = timedelta(days=1)


def page_of(calendar, what="change"):
    return reverse(f"admin:cronmgmt_calendar_{what}", args=[calendar.pk])


@pytest.fixture
def used(make_job):
    calendar = actions.save_calendar("nl", [(TOMORROW, "Kermis")])
    make_job(schedule_expression="0 12 * * *", calendar="nl")
    return calendar


def test_a_calendar_is_made_of_pasted_lines(root):
    lines = "2026-06-02 Kermis\n2026-06-03 to 2026-06-04 freeze move"

    answer = root.post(ADD, {**NOTHING, "name": "nl", "lines": lines})

    assert answer.status_code == 302
    assert [str(day) for day in Calendar.objects.get().days.all()] == [
        "2026-06-02 Kermis",
        "2026-06-03 move",
        "2026-06-04 move",
    ]
    assert Activity.objects.get().actor == "root"


def test_a_date_is_added_in_its_row(root, used, now):
    row = {
        "days-TOTAL_FORMS": "1",
        "days-0-date": "2026-06-03",
        "days-0-kind": "freeze",
        "days-0-note": "move",
    }

    root.post(page_of(used), {**NOTHING, **row})

    assert used.days.count() == 2
    assert ScheduledJob.objects.get().next_run_at == now + 3 * DAY


def test_a_line_that_cannot_be_read_is_said(root, used):
    answer = root.post(page_of(used), {**NOTHING, "lines": "Christmas"})

    assert "lines" in answer.context["adminform"].form.errors


def test_days_that_a_job_cannot_do_with_are_refused_as_a_whole(root, used):
    ScheduledJob.objects.update(
        on_holiday="next", schedule_expression="* * * * *", planned_from=""
    )

    lines = "2026-06-03 to 2026-06-10"
    answer = root.post(page_of(used), {**NOTHING, "lines": lines}, follow=True)

    assert "cannot do with these days" in answer.content.decode()
    assert used.days.count() == 1


def test_one_in_use_is_not_deleted(root, used):
    answer = root.post(page_of(used, "delete"), {"post": "yes"}, follow=True)

    assert "is used by members" in answer.content.decode()
    assert Calendar.objects.exists()


def test_several_are_deleted_unless_they_are_in_use(root, used):
    other = actions.save_calendar("other", [])
    chosen = {"_selected_action": [used.pk, other.pk], "post": "yes"}

    root.post(LIST, {**chosen, "action": "delete_selected"})

    assert Calendar.objects.get() == used


def test_the_list_says_which_jobs_use_it(root, used):
    page = root.get(LIST).content.decode()

    assert used.name in page
    assert "members" in page


def test_a_job_chooses_among_those_there_are(root, used):
    key = ScheduledJob.objects.get().pk
    page = reverse("admin:cronmgmt_scheduledjob_change", args=[key])

    form = root.get(page).context["adminform"].form

    assert [value for value, _ in form.fields["calendar"].choices] == ["", "nl"]


def test_who_may_only_look_changes_nothing(logged_in, used):
    vera = logged_in("vera", "view_calendar")

    assert vera.get(page_of(used)).status_code == 200
    assert vera.post(page_of(used), NOTHING).status_code == 403
