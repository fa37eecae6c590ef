"""The form that triggers a job with other parameters than its own."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Literal

import pytest

from cronmgmt import registry
from cronmgmt.actors import CODE
from cronmgmt.dashboard.parameters import TriggerForm
from cronmgmt.models import Activity, JobRun, ScheduledJob
from cronmgmt.parameters import Secret

PAGE = "/cron/jobs/members"
FORM = f"{PAGE}/trigger"
LINK = 'href="/cron/jobs/members/trigger"'


def sync(
    run,
    customer: int,
    mode: Literal["fast", "slow"] = "fast",
    month: date | None = None,
    deep: bool = True,
    regions: list[int] = [1, 2],  # noqa: B006
    token: Secret[str] | None = None,
    extra: dict = {},  # noqa: B006
):
    """Take one of most kinds."""


def lone(run):
    """Take nothing."""


def anything(run, **options):
    """Take whatever comes."""


@pytest.fixture(autouse=True)
def _handlers():
    found = {"tests.sync": sync, "tests.lone": lone, "tests.anything": anything}
    for name, function in found.items():
        registry.add_handler(name, function)
    yield
    for name in found:
        registry.forget(name)


@pytest.fixture
def job(make_job):
    params = {"customer": 7, "month": "2026-03-01", "token": "env:TOKEN"}
    return make_job(handler="tests.sync", params=params)


def sent(client, path=FORM, **changes):
    """What the form posts, with changes; None leaves a field out."""
    form = client.get(path).context["form"]
    data = {"next": PAGE}
    for bound in form:
        value = bound.value()
        if value not in (None, False):
            data[bound.html_name] = value
    data = {**data, **changes}
    return {name: value for name, value in data.items() if value is not None}


def test_the_fields_show_what_the_job_holds(alice, job):
    fields = {each.name: each.value() for each in alice.get(FORM).context["form"]}

    assert fields["param_customer"] == 7
    assert fields["param_month"] == date(2026, 3, 1)
    assert fields["param_token"] == "env:TOKEN"
    assert list(fields)[-1] == "reason"


def test_a_run_is_queued_with_what_was_changed(alice, job):
    changes = {"param_customer": "9", "param_deep": None, "reason": "asked by finance"}

    answer = alice.post(FORM, sent(alice, **changes))

    run = JobRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    assert run.params == {
        "customer": 9,
        "month": "2026-03-01",
        "token": "env:TOKEN",
        "deep": False,
    }
    assert (run.requested_by, run.reason) == ("alice", "asked by finance")
    job.refresh_from_db()
    assert job.params["customer"] == 7


def test_a_parameter_that_is_emptied_has_its_default(alice, job):
    alice.post(FORM, sent(alice, param_month="", param_token=""))

    params = JobRun.objects.get().params
    assert (params["month"], params["token"]) == (None, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("param_customer", ""),
        ("param_customer", "seven"),
        ("param_month", "March"),
        ("param_mode", '"none"'),
        ("param_regions", "x"),
        ("param_token", "hunter2"),
        ("param_extra", "{"),
        ("param_extra", '{"a": NaN}'),
        ("reason", "x" * 501),
    ],
)
def test_a_complaint_stands_at_its_field_and_nothing_runs(alice, job, field, value):
    answer = alice.post(FORM, sent(alice, **{field: value}))

    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert not JobRun.objects.exists()


def test_a_run_in_the_way_is_named(alice, job):
    alice.post(FORM, sent(alice))

    answer = alice.post(FORM, sent(alice))

    run = JobRun.objects.get()
    assert answer.status_code == 409
    assert f'href="/cron/runs/{run.execution_id}"' in answer.content.decode()


def test_parameters_that_are_not_known_are_a_box_of_json(alice, make_job):
    make_job(handler="elsewhere", params={"limit": 1, "dry": True})

    form = alice.get(FORM).context["form"]
    alice.post(FORM, {"params": '{"limit": 9}'})

    assert json.loads(form["params"].value()) == {"limit": 1, "dry": True}
    assert JobRun.objects.get().params == {"limit": 9, "dry": True}


@pytest.mark.parametrize("text", ["{", "[]", "5", '{"a": NaN}', '"x"'])
def test_a_box_that_holds_no_object_is_refused(alice, make_job, text):
    make_job(handler="tests.anything")

    answer = alice.post(FORM, {"params": text})

    assert answer.status_code == 400
    assert answer.context["form"].errors
    assert not JobRun.objects.exists()


def test_what_the_handler_knows_no_longer_is_said_on_the_form(alice, job):
    ScheduledJob.objects.update(params={"customer": 7, "<old>": 1})

    answer = alice.post(FORM, sent(alice))

    assert answer.status_code == 400
    assert "has no parameter &#x27;&lt;old&gt;&#x27;" in answer.content.decode()


def test_an_untouched_form_changes_no_parameter(alice, job):
    form = TriggerForm(job, CODE, sent(alice))

    assert form.is_valid(), form.errors
    assert form.changed() == {}


@pytest.mark.parametrize("path", [FORM, f"{FORM}/"])
def test_the_form_is_sent_to_its_own_address_by_plain_html(logged_in, job, path):
    careful = logged_in(
        "dora", "view_scheduledjob", "trigger_scheduledjob", enforce_csrf_checks=True
    )
    page = careful.get(path).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    data = sent(careful, path, param_customer="9", csrfmiddlewaretoken=token)

    answer = careful.post(re.search(r'method="post" action="([^"]+)"', page)[1], data)

    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    assert JobRun.objects.get().params["customer"] == 9


def test_the_jobs_page_links_to_the_form(alice, job):
    assert LINK in alice.get(PAGE).content.decode()


@pytest.mark.parametrize("changes", [{"handler": "tests.lone"}, {"retired_at": 1}])
def test_there_is_no_link_to_a_form_for_nothing(alice, make_job, now, changes):
    if "retired_at" in changes:
        changes = {"retired_at": now}
    make_job(**changes)

    assert LINK not in alice.get(PAGE).content.decode()


def test_who_may_only_look_neither_sees_nor_sends_the_form(bob, job):
    assert LINK not in bob.get(PAGE).content.decode()
    assert bob.get(FORM).status_code == 403

    answer = bob.post(FORM, {"param_customer": "9"})

    assert answer.status_code == 403
    assert not JobRun.objects.exists()
    assert Activity.objects.get().allowed is False


def test_a_stranger_does_not_learn_whether_there_is_such_a_job(charlie, job):
    for path in (FORM, "/cron/jobs/nobody/trigger"):
        assert charlie.get(path).status_code == 403
        assert charlie.post(path).status_code == 403
    assert not JobRun.objects.exists()
    noted = Activity.objects.values_list("actor", "job_name", "allowed")
    assert set(noted) == {("charlie", "members", False), ("charlie", "nobody", False)}


def test_who_may_trigger_and_not_look_has_no_form(logged_in, job):
    blind = logged_in("dora", "trigger_scheduledjob")

    assert blind.get(FORM).status_code == 403
    assert blind.post(FORM, {"param_customer": "9"}).status_code == 403
    assert not JobRun.objects.exists()


def test_who_is_not_logged_in_is_asked_to(client, job):
    for answer in (client.get(FORM), client.post(FORM, {"next": FORM})):
        assert answer.status_code == 302
        assert "/accounts/login/" in answer["Location"]
    assert not JobRun.objects.exists()


def test_there_is_no_form_for_a_job_that_is_not_there(alice):
    assert alice.get("/cron/jobs/nobody/trigger").status_code == 404
    assert alice.post("/cron/jobs/nobody/trigger").status_code == 404


def test_a_jobs_page_itself_takes_no_post(alice, job):
    assert alice.post(PAGE).status_code == 405
    assert alice.put(FORM).status_code == 405


def test_looking_at_the_form_triggers_nothing(alice, job):
    alice.get(FORM)

    assert not JobRun.objects.exists()
    assert not Activity.objects.exists()


def test_a_retired_job_is_refused(alice, job, now):
    ScheduledJob.objects.update(retired_at=now)

    assert alice.post(FORM, sent(alice)).status_code == 409


def test_names_and_values_stay_text(alice, make_job):
    evil = '"><script>alert(1)</script>'
    make_job(handler="tests.anything", title=evil, params={"a": evil, evil: 1})

    pages = [alice.get(FORM), alice.post(FORM, {"params": evil, "reason": evil})]

    for page in pages:
        assert b"<script>alert" not in page.content


def test_what_stands_in_the_place_of_a_secrets_name_is_not_shown(alice, job):
    ScheduledJob.objects.update(params={"customer": 7, "token": "hunter2"})

    assert b"hunter2" not in alice.get(FORM).content


def test_a_secret_typed_by_mistake_is_not_shown_again(alice, job):
    answer = alice.post(FORM, sent(alice, param_token="hunter2"))

    assert b"never the secret itself" in answer.content
    assert b"hunter2" not in answer.content


def test_the_form_costs_the_same_for_any_history(
    alice, job, make_run, django_assert_max_num_queries
):
    for _ in range(20):
        make_run(job)

    with django_assert_max_num_queries(7):
        alice.get(FORM)


def test_the_pages_name_their_icon(alice, job):
    for path in ("/cron/", PAGE, FORM):
        assert b"cronmgmt/favicon.svg" in alice.get(path).content
