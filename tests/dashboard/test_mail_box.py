"""Who has an e-mail address may ask to be told of the end of what they start."""

from __future__ import annotations

import pytest

from cronmgmt.models import Activity, JobRun, Origin, Status
from tests.dashboard.conftest import LOOK

ANNA = "anna@example.org"
JOB = "/cron/jobs/members"
FORM = f"{JOB}/trigger"
LABEL = f"Mail me when it has ended ({ANNA})"

pytestmark = pytest.mark.part("1.6")


@pytest.fixture(autouse=True)
def _nobody_is_rung_for(bell):
    pass


@pytest.fixture
def logged_in_as(client, make_user):
    rights = (*LOOK, "trigger_scheduledjob", "rerun_jobrun")

    def log_in(email):
        client.force_login(make_user("anna", *rights, email=email))
        return client

    return log_in


@pytest.fixture
def anna(logged_in_as):
    return logged_in_as(ANNA)


def notified():
    return JobRun.objects.latest("pk").notify


def test_who_ticks_the_box_is_mailed(anna, make_job):
    make_job()

    shown = anna.get(FORM).content.decode()
    anna.post(FORM, {"mail_me": "on", "reason": "the source was late"})

    assert LABEL in shown and "checked" not in shown
    assert notified() == [ANNA]
    assert Activity.objects.get(action="trigger").after == {"notify": [ANNA]}


def test_who_does_not_is_not(anna, make_job):
    make_job()

    anna.post(FORM, {})

    assert not notified()


def test_nobody_can_have_another_mailed(anna, make_job):
    make_job()

    anna.post(FORM, {"mail_me": "else@example.org"})

    assert notified() == [ANNA]


@pytest.mark.parametrize("email", ["", "no address"])
def test_without_an_address_there_is_no_box(logged_in_as, make_job, email):
    make_job()
    client = logged_in_as(email)

    shown = client.get(FORM).content.decode()
    client.post(FORM, {"mail_me": "on"})

    assert "Mail me" not in shown
    assert not notified()


def test_a_job_that_mails_them_anyway_says_so(anna, make_job):
    make_job(mail_requester=True)

    shown = anna.get(FORM).content.decode()
    anna.post(FORM, {})

    assert "This job mails whoever triggers it." in shown
    assert "checked" in shown and "disabled" in shown
    assert notified() == [ANNA]


def test_the_jobs_own_addresses_are_mailed_too(anna, make_job):
    make_job(mail_to=["ops@example.org", ANNA])

    anna.post(FORM, {"mail_me": "on"})

    assert notified() == ["ops@example.org", ANNA]


def test_a_job_without_parameters_has_the_form_as_well(logged_in_as, anna, make_job):
    make_job(handler="t:nothing")

    assert f'href="{FORM}"' in anna.get(JOB).content.decode()
    assert "with other parameters" not in anna.get(FORM).content.decode()


def test_what_runs_again_may_mail_them_too(anna, make_job, make_run):
    run = make_run(make_job(), Status.FAILED)
    page = f"/cron/runs/{run.execution_id}/again"

    shown = anna.get(page).content.decode()
    anna.post(page, {"mail_me": "on"})

    assert LABEL in shown
    assert JobRun.objects.get(origin=Origin.RERUN).notify == [ANNA]


def test_work_that_runs_again_mails_who_queued_it_and_who_asks(client, make_user):
    queued_by = "queue@example.org"
    rights = ("view_jobrun", "view_scheduledjob", "rerun_jobrun")
    client.force_login(make_user("anna", *rights, email=ANNA))
    run = JobRun.objects.create(
        job_name="t:nothing",
        handler="t:nothing",
        status=Status.SUCCEEDED,
        origin=Origin.ENQUEUE,
        notify=[queued_by],
        available_at="2026-06-01T12:00Z",
        created_at="2026-06-01T12:00Z",
    )

    client.post(f"/cron/runs/{run.execution_id}/again", {"mail_me": "on"})

    assert notified() == [queued_by, ANNA]
