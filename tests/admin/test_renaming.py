"""A job under another name keeps its history."""

from __future__ import annotations

from cronmgmt import queries
from cronmgmt.models import ScheduledJob


def test_a_renamed_job_keeps_its_runs(root, make_job, make_run, change_url, filled_in):
    job = make_job("members")
    run = make_run(job)

    root.post(change_url(job), filled_in(root, change_url(job), name="people"))

    run.refresh_from_db()
    assert list(queries.history("people")) == [run]
    assert run.job_name == "members"
    shown = root.get(f"/cron/runs/{run.execution_id}").content.decode()
    assert 'href="/cron/jobs/people"' in shown
    assert root.get("/cron/jobs/people").status_code == 200


def test_a_name_that_is_taken_is_refused_at_its_field(
    root, make_job, change_url, filled_in
):
    make_job("people")
    job = make_job("members")
    data = filled_in(root, change_url(job), name="people")

    answer = root.post(change_url(job), data)

    assert list(answer.context["adminform"].form.errors) == ["name"]


def test_a_name_that_the_code_gives_is_not_to_be_changed(
    root, make_job, change_url, filled_in
):
    job = make_job(declared={"title": '""'})

    page = root.get(change_url(job)).content.decode()
    data = filled_in(root, change_url(job), name="people")
    root.post(change_url(job), data)

    assert "The code declares this job under this name" in page
    assert ScheduledJob.objects.get().name == "members"
