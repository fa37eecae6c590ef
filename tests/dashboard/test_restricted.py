"""A job that is restricted to groups: for others it is as if it did not exist."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from cronmgmt.engine import actions
from cronmgmt.models import Activity, JobRun, Status
from tests.dashboard.conftest import OPERATE

MINUTE = timedelta(minutes=1)
INVENTED = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def payroll(make_job):
    job = make_job("payroll")
    actions.restrict_job("payroll", {"Payroll": "act", "Audit": "see"})
    return job


@pytest.fixture
def member(logged_in, django_user_model):
    def log_in(group):
        client = logged_in("mona", *OPERATE)
        user = django_user_model.objects.get(username="mona")
        user.groups.add(Group.objects.create(name=group))
        return client

    return log_in


JOB_PAGES = ["jobs/{}", "jobs/{}?live=1", "jobs/{}/trigger"]
JOB_VERBS = ["trigger/{}", "jobs/{}/trigger", "jobs/{}/off", "jobs/{}/on"]
RUN_PAGES = ["runs/{}", "runs/{}/log"]
RUN_VERBS = ["runs/{}/cancel", "runs/{}/rerun"]
FORM = {"reason": "why"}


def same(one, other, name, instead):
    said = body(one).replace(str(name), str(instead))
    return (one.status_code, said) == (other.status_code, body(other))


def body(answer):
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", b"".join(answer).decode())


def buttons(answer):
    """Return the forms of a page that would change something."""
    page = re.search(r"<main.*</main>", answer.content.decode(), re.DOTALL)[0]
    return re.findall(r'<form[^>]* method="post"[^>]*>', page)


@pytest.mark.part("0.5")
@pytest.mark.parametrize("page", JOB_PAGES)
def test_its_pages_are_not_there(alice, payroll, page):
    hidden = alice.get(f"/cron/{page}".format("payroll"))
    invented = alice.get(f"/cron/{page}".format("parsnip"))

    assert hidden.status_code == 404
    assert same(hidden, invented, "payroll", "parsnip")


@pytest.mark.part("0.5")
@pytest.mark.parametrize("verb", JOB_VERBS)
def test_its_verbs_answer_the_same_and_are_on_record(alice, payroll, verb):
    headers = {"accept": "application/json"}
    hidden = alice.post(f"/cron/{verb}".format("payroll"), FORM, headers=headers)
    invented = alice.post(f"/cron/{verb}".format("parsnip"), FORM, headers=headers)

    assert hidden.status_code == 404
    assert same(hidden, invented, "payroll", "parsnip")
    records = Activity.objects.filter(actor="alice", allowed=False)
    assert {each.job_name for each in records} == {"payroll", "parsnip"}


@pytest.mark.parametrize("page", RUN_PAGES)
def test_its_runs_are_not_there(alice, payroll, make_run, page):
    run = make_run(payroll)

    hidden = alice.get(f"/cron/{page}".format(run.execution_id))
    invented = alice.get(f"/cron/{page}".format(INVENTED))

    assert hidden.status_code == 404
    assert same(hidden, invented, run.execution_id, INVENTED)


@pytest.mark.parametrize("verb", RUN_VERBS)
def test_verbs_on_its_runs_answer_as_for_invented_ones(alice, payroll, make_run, verb):
    run = make_run(payroll)
    headers = {"accept": "application/json"}

    hidden = alice.post(f"/cron/{verb}".format(run.execution_id), headers=headers)
    invented = alice.post(f"/cron/{verb}".format(INVENTED), headers=headers)

    assert hidden.status_code == 404
    assert same(hidden, invented, run.execution_id, INVENTED)
    assert Activity.objects.filter(actor="alice", allowed=False).count() == 2


def test_it_is_on_no_list(alice, payroll, make_job):
    make_job("members")

    assert b"payroll" not in alice.get("/cron/").content
    told = alice.get("/cron/status").json()["jobs"]
    assert [each["name"] for each in told] == ["members"]


LISTS = [
    "/cron/",
    "/cron/?show=attention",
    "/cron/?live=1",
    "/cron/runs",
    "/cron/runs?show=stuck",
    "/cron/runs?state=failures",
    "/cron/runs?job=payroll",
    "/cron/runs.json",
    "/cron/upcoming",
    "/cron/system",
    "/cron/activity",
    "/cron/status",
    "/api/jobs/status",
]


@pytest.mark.part("0.5")
@pytest.mark.parametrize("page", LISTS)
def test_no_list_count_or_title_tells_that_it_is_there(
    logged_in, make_job, make_run, now, page
):
    client = logged_in("mona", *OPERATE, "view_node", "view_activity")
    make_run(make_job("members"))
    before = body(client.get(page))

    job = make_job("payroll", tags=["money"], owner="payroll", last_error="x")
    actions.restrict_job("payroll", {"Payroll": "act"})
    for status in Status.values:
        parked = {"waits_for": "k" * 64} if status == Status.WAITING else {}
        make_run(job, status, available_at=now - 6 * MINUTE, reason="payroll", **parked)

    assert body(client.get(page)) == before


def test_who_may_only_see_it_has_no_buttons_and_is_refused(member, payroll, make_run):
    run = make_run(payroll)
    client = member("Audit")

    run_page = f"/cron/runs/{run.execution_id}"
    for page in ("/cron/", "/cron/jobs/payroll", run_page):
        assert not buttons(client.get(page))
    for verb in JOB_VERBS:
        assert client.post(f"/cron/{verb}".format("payroll"), FORM).status_code == 403
    for verb in RUN_VERBS:
        address = f"/cron/{verb}".format(run.execution_id)
        assert client.post(address).status_code == 403
    assert JobRun.objects.count() == 1


def test_who_may_act_has_all_of_it(member, payroll):
    client = member("Payroll")

    assert buttons(client.get("/cron/"))
    assert buttons(client.get("/cron/jobs/payroll"))
    assert client.post("/cron/trigger/payroll").status_code == 303


@pytest.mark.part("0.5")
@pytest.mark.parametrize(
    "address", [*JOB_PAGES, *JOB_VERBS, *RUN_PAGES, *RUN_VERBS], ids=str
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_outsider_cannot_tell_what_is_there(
    charlie, make_job, make_run, address, method
):
    real, invented = "members", "parsnip"
    run = make_run(make_job(real))
    if address.startswith("runs"):
        real, invented = run.execution_id, INVENTED

    one = getattr(charlie, method)(f"/cron/{address}".format(real), FORM)
    other = getattr(charlie, method)(f"/cron/{address}".format(invented), FORM)

    assert one.status_code in (403, 405)
    assert same(one, other, real, invented)
