"""Several jobs at once."""

from __future__ import annotations

import pytest

from cronmgmt.models import Activity, JobRun, ScheduledJob


@pytest.fixture
def jobs(make_job):
    return [make_job(name) for name in ("members", "positions", "regions")]


def send(client, action, *names, **data):
    return client.post("/cron/bulk", {"action": action, "job": names, **data})


def test_the_selected_jobs_are_triggered_each_on_record(alice, jobs, bell):
    answer = send(alice, "trigger", "members", "regions", why="test", next="/cron/?q=x")

    assert (answer.status_code, answer["Location"]) == (303, "/cron/?q=x")
    assert set(JobRun.objects.values_list("job_name", flat=True)) == {
        "members",
        "regions",
    }
    assert set(Activity.objects.values_list("reason", flat=True)) == {"test"}
    assert "2 jobs are queued" in alice.get("/cron/").content.decode()


def test_each_refusal_is_reported_and_hinders_no_other(alice, jobs, bell):
    send(alice, "trigger", "members")
    ScheduledJob.objects.filter(name="regions").update(set_aside_reason="minute 61")

    page = send(alice, "trigger", "members", "positions", "regions", "gone")

    assert JobRun.objects.filter(job_name="positions").exists()
    text = page.content.decode()
    assert page.status_code == 200
    assert "1 job is queued" in text
    assert "minute 61" in text
    assert "There is no job" in text
    assert "do not overlap" in text


def test_switching_off_asks_for_its_reason_first(alice, jobs):
    asked = send(alice, "off", "members", "regions", why="repair")
    assert 'value="repair"' in asked.content.decode()
    assert ScheduledJob.objects.filter(enabled=True).count() == 3

    names = ("members", "regions")
    refused = send(alice, "off", *names, reason="", until="")
    assert refused.status_code == 400
    assert refused.content.decode().count('type="hidden" name="job"') == 2

    done = send(alice, "off", *names, reason="repair", until="2100-06-08T08:00")
    assert done.status_code == 303
    off = ScheduledJob.objects.filter(enabled=False, off_reason="repair")
    assert set(off.values_list("name", flat=True)) == set(names)


def test_a_link_leads_to_the_form_and_changes_nothing(alice, jobs):
    page = alice.get("/cron/bulk?action=off&job=members&next=/cron/?q=m")

    assert 'href="/cron/?q=m"' in page.content.decode()
    assert alice.get("/cron/bulk?action=trigger&job=members").status_code == 400
    assert not JobRun.objects.exists()


def test_they_are_switched_on_again(alice, jobs):
    ScheduledJob.objects.update(enabled=False)

    send(alice, "on", "members", "regions")

    on = ScheduledJob.objects.filter(enabled=True).values_list("name", flat=True)
    assert set(on) == {"members", "regions"}


def test_programs_are_told_of_each(alice, jobs, bell):
    answer = alice.post(
        "/cron/bulk",
        {"action": "trigger", "job": ["members", "gone"]},
        headers={"Accept": "application/json"},
    )

    assert answer.json() == {
        "done": ["members"],
        "refused": {"gone": "There is no job 'gone'."},
    }


@pytest.mark.parametrize("action", ["trigger", "on", "off"])
def test_who_may_only_look_is_refused_on_record(bob, jobs, action):
    answer = send(bob, action, "members", reason="x")

    assert answer.status_code == 409
    assert not JobRun.objects.exists()
    assert ScheduledJob.objects.filter(enabled=True).count() == 3
    assert not Activity.objects.get().allowed


def test_charlie_learns_nothing(charlie, jobs):
    answer = send(charlie, "trigger", "members")

    assert answer.status_code == 403
    assert not JobRun.objects.exists()


@pytest.mark.parametrize(
    "data", [{}, {"action": "delete", "job": "members"}, {"action": "on"}]
)
def test_what_means_nothing_is_refused(alice, jobs, data):
    assert alice.post("/cron/bulk", data).status_code == 400


def test_without_a_token_nothing_is_done(logged_in, jobs):
    careful = logged_in("dora", "trigger_scheduledjob", enforce_csrf_checks=True)

    assert send(careful, "trigger", "members").status_code == 403
    assert not JobRun.objects.exists()
