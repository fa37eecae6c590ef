"""Pauses in the admin: begun and ended there, never edited."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from cronmgmt.engine import actions
from cronmgmt.models import Pause, ScheduledJob

LIST = reverse("admin:cronmgmt_pause_changelist")
ADD = reverse("admin:cronmgmt_pause_add")
EVERYTHING = {"scope": "everything", "tag": "", "reason": "moving"}
UNTIL = {"until_0": "2026-06-01", "until_1": "16:30"}  # In Amsterdam.


def test_everything_is_switched_off_until_then(root, make_job):
    make_job(schedule_expression="0 * * * *")

    answer = root.post(ADD, {**EVERYTHING, **UNTIL})

    assert answer.status_code == 302
    pause = Pause.objects.get()
    assert (pause.by, pause.reason) == ("root", "moving")
    assert pause.until == datetime(2026, 6, 1, 14, 30, tzinfo=UTC)
    assert ScheduledJob.objects.get().next_run_at.hour == 15


@pytest.mark.parametrize("model", ["pause", "apikey", "scheduledjob"])
def test_a_moment_is_typed_by_a_clock_that_is_named(root, model):
    query = "?handler=members" if model == "scheduledjob" else ""

    answer = root.get(reverse(f"admin:cronmgmt_{model}_add") + query)

    assert "By the clock of Europe/Amsterdam." in answer.content.decode()


def test_the_jobs_of_a_tag_are(root):
    root.post(ADD, {**EVERYTHING, "scope": "tag", "tag": "billing"})

    assert (Pause.objects.get().scope, Pause.objects.get().tag) == ("tag", "billing")


@pytest.mark.parametrize(
    "mistake", [{"scope": "tag"}, {"tag": "billing"}, {"scope": "half"}]
)
def test_a_mistake_is_said(root, mistake):
    answer = root.post(ADD, {**EVERYTHING, **mistake})

    assert answer.context["adminform"].form.errors
    assert not Pause.objects.exists()


def test_a_refusal_is_said(root, make_job):
    actions.pause()

    answer = root.post(ADD, EVERYTHING, follow=True)

    assert "End that first" in answer.content.decode()


def test_it_is_ended_from_the_list(root, make_job):
    job = make_job()
    pause = actions.pause()
    chosen = {"_selected_action": [pause.pk], "action": "end"}

    answer = root.post(LIST, chosen, follow=True)

    assert "Ended" in answer.content.decode()
    assert ScheduledJob.objects.get().next_run_at == job.next_run_at
    pause.refresh_from_db()
    assert pause.ended_by == "root"
    again = root.post(LIST, chosen, follow=True)
    assert "There is no pause of everything" in again.content.decode()


def test_it_is_looked_at_and_not_edited(root):
    pause = actions.pause(reason="moving")
    page = reverse("admin:cronmgmt_pause_change", args=[pause.pk])

    assert "moving" in root.get(page).content.decode()
    assert root.post(page, EVERYTHING).status_code == 403


def test_who_may_not_switch_may_only_look(logged_in):
    vera = logged_in("vera", "view_pause")
    pause = actions.pause()

    assert vera.get(LIST).status_code == 200
    assert vera.post(ADD, EVERYTHING).status_code == 403
    vera.post(LIST, {"_selected_action": [pause.pk], "action": "end"})
    pause.refresh_from_db()
    assert pause.until is None
