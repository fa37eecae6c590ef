"""A handler's parameters in the form of its job."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import pytest

from cronmgmt import registry
from cronmgmt.models import Activity, ScheduledJob
from cronmgmt.parameters import Secret
from tests.admin.test_jobs import ADD, NEW, errors_of


def report(
    run,
    customer: int,
    mode: Literal["draft", "final"] = "draft",
    month: date | None = None,
    least: Decimal = Decimal("0.50"),
    deep: bool = True,
    regions: list[int] = [],  # noqa: B006
    token: Secret[str] | None = None,
    extra: dict = {},  # noqa: B006
):
    """Write <the> report."""


def anything(run, **options):
    """Take whatever comes."""


def lone(run):
    """Take nothing."""


def once(run, at: datetime):
    """Run for one moment."""


OWN = {
    "tests.once": once,
    "tests.report": report,
    "tests.anything": anything,
    "tests.lone": lone,
}


@pytest.fixture(autouse=True)
def _more_handlers():
    for name, function in OWN.items():
        registry.add_handler(name, function)
    yield
    for name in OWN:
        registry.forget(name)


def fields_of(page):
    return page.context["adminform"].form.fields


@pytest.fixture
def make_report(make_job):
    def make(**params):
        params = {"customer": 7, **params}
        return make_job("report", handler="tests.report", params=params)

    return make


def test_a_new_job_begins_with_the_choice_of_its_handler(erin):
    page = erin.get(ADD).content.decode()

    assert '<a href="?handler=tests.report">' in page
    assert "Write &lt;the&gt; report." in page


def test_the_form_of_a_new_job_has_its_handlers_parameters(erin):
    fields = fields_of(erin.get(ADD, {"handler": "tests.report"}))

    assert fields["param_customer"].required
    assert fields["param_deep"].initial is True
    assert "params" not in fields


@pytest.mark.parametrize("handler", ["tests.anything", "nonsense"])
def test_a_handler_whose_parameters_are_not_known_has_a_box_of_json(erin, handler):
    fields = fields_of(erin.get(ADD, {"handler": handler}))

    assert "params" in fields
    assert not [name for name in fields if name.startswith("param_")]


def test_a_handler_without_parameters_has_no_box_at_all(erin, filled_in):
    path = f"{ADD}?handler=tests.lone"
    page = erin.get(path)
    data = filled_in(erin, path, name="lone", schedule_expression="* * * * *")

    assert b"takes no parameters" in page.content
    assert "params" not in fields_of(page)
    assert erin.post(path, data).status_code == 302
    assert ScheduledJob.objects.get().params == {}


def test_what_is_typed_is_stored_as_json(erin, filled_in):
    path = f"{ADD}?handler=tests.report"
    typed = {
        "param_customer": "7",
        "param_mode": '"final"',
        "param_month": "2026-03-01",
        "param_regions": "1\r\n2",
        "param_token": "env:TOKEN",
        "param_extra": '{"a": 1}',
    }
    data = filled_in(erin, path, name="r", schedule_expression="* * * * *", **typed)
    del data["param_deep"]

    erin.post(path, data)

    assert ScheduledJob.objects.get().params == {
        "customer": 7,
        "mode": "final",
        "month": "2026-03-01",
        "deep": False,
        "regions": [1, 2],
        "token": "env:TOKEN",
        "extra": {"a": 1},
    }


def test_what_nobody_set_is_left_to_the_handlers_defaults(
    erin, make_report, change_url, filled_in
):
    job = make_report(regions=[1, 2], month="2026-03-01")

    erin.post(change_url(job), filled_in(erin, change_url(job), title="New"))

    job.refresh_from_db()
    assert job.title == "New"
    assert job.params == {"customer": 7, "regions": [1, 2], "month": "2026-03-01"}


def test_a_parameter_that_is_emptied_is_unset(erin, make_report, change_url, filled_in):
    job = make_report(month="2026-03-01", regions=[1])
    data = filled_in(erin, change_url(job), param_month="", param_regions="")

    erin.post(change_url(job), data)

    job.refresh_from_db()
    assert job.params == {"customer": 7}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("param_customer", ""),
        ("param_customer", "seven"),
        ("param_month", "March"),
        ("param_token", "hunter2"),
        ("param_regions", "x"),
        ("param_extra", "{"),
        ("param_extra", '{"a": NaN}'),
        ("param_mode", '"other"'),
    ],
)
def test_a_complaint_stands_at_its_own_field(
    erin, make_report, change_url, filled_in, field, value
):
    job = make_report()
    data = filled_in(erin, change_url(job), **{field: value})

    answer = erin.post(change_url(job), data)

    assert list(errors_of(answer)) == [field]


def test_another_handler_shows_its_parameters_before_anything_is_saved(
    erin, make_job, change_url, filled_in
):
    job = make_job(params={"limit": 5})
    data = filled_in(erin, change_url(job), handler="tests.report", title="Kept")

    answer = erin.post(change_url(job), data)

    job.refresh_from_db()
    assert job.handler == "tests.sync"
    assert "handler" in errors_of(answer)
    page = answer.content.decode()
    assert 'value="Kept"' in page
    assert 'name="param_deep"' in page and 'id="id_param_deep" checked' in page
    assert 'value="tests.report"' in page


def test_another_handler_is_saved_once_its_parameters_were_seen(
    erin, make_job, change_url, filled_in
):
    job = make_job(params={"limit": 5})
    data = filled_in(erin, change_url(job), handler="tests.report")
    del data["param_limit"]
    data |= {"params_of": "tests.report", "param_customer": "7", "param_deep": "on"}

    erin.post(change_url(job), data)

    job.refresh_from_db()
    assert (job.handler, job.params) == ("tests.report", {"customer": 7})


def test_what_the_handler_does_not_know_is_told_and_taken_out(
    erin, make_report, change_url, filled_in
):
    job = make_report()
    ScheduledJob.objects.update(params={"customer": 7, "<b>old</b>": 1})

    page = erin.get(change_url(job)).content.decode()
    erin.post(change_url(job), filled_in(erin, change_url(job)))

    job.refresh_from_db()
    assert "sets &lt;b&gt;old&lt;/b&gt;, which the handler does not know" in page
    assert job.params == {"customer": 7}


def test_what_stands_in_the_place_of_a_secrets_name_is_not_shown(
    erin, make_report, change_url
):
    job = make_report(token="env:TOKEN")
    assert b"env:TOKEN" in erin.get(change_url(job)).content

    ScheduledJob.objects.update(params={"customer": 7, "token": "hunter2"})

    assert b"hunter2" not in erin.get(change_url(job)).content


def test_a_secret_typed_by_mistake_is_not_shown_again(
    erin, make_report, change_url, filled_in
):
    job = make_report()
    data = filled_in(erin, change_url(job), param_token="hunter2")

    answer = erin.post(change_url(job), data)

    assert b"never the secret itself" in answer.content
    assert b"hunter2" not in answer.content


def test_a_moment_is_typed_in_the_sites_time_zone(
    erin, make_job, change_url, filled_in
):
    job = make_job("once", handler="tests.once", params={"at": "2026-03-01T10:00:00Z"})
    assert b'value="2026-03-01T11:00:00"' in erin.get(change_url(job)).content

    erin.post(change_url(job), filled_in(erin, change_url(job), title="New"))
    job.refresh_from_db()
    before = job.params

    data = filled_in(erin, change_url(job), param_at="2026-07-01T11:00")
    erin.post(change_url(job), data)
    job.refresh_from_db()
    assert before == {"at": "2026-03-01T10:00:00+00:00"}
    assert job.params == {"at": "2026-07-01T11:00:00+02:00"}


def test_values_stay_text(erin, make_job, change_url):
    evil = '"><script>alert(1)</script>'
    job = make_job("evil", handler="tests.anything", params={"a": evil, evil: 1})

    assert b"<script>alert" not in erin.get(change_url(job)).content
    ScheduledJob.objects.update(handler="tests.report")
    assert b"<script>alert" not in erin.get(change_url(job)).content


def test_a_copy_has_the_parameters_of_the_form(
    erin, make_report, change_url, filled_in
):
    job = make_report()
    data = filled_in(erin, change_url(job), name="copy", _saveasnew="1")

    erin.post(change_url(job), {**data, "param_customer": "8"})

    assert ScheduledJob.objects.get(name="copy").params == {"customer": 8}
    assert ScheduledJob.objects.get(name="report").params == {"customer": 7}


def test_who_may_only_look_reads_the_parameters(vera, make_report, change_url):
    page = vera.get(change_url(make_report())).content.decode()

    assert "&quot;customer&quot;: 7" in page
    assert "param_customer" not in page
    assert vera.get(ADD).status_code == 403


def test_the_form_sent_by_a_program_may_hold_json(erin):
    erin.post(ADD, {**NEW, "handler": "tests.report", "params": '{"customer": 7}'})

    assert ScheduledJob.objects.get().params == {"customer": 7}
    assert Activity.objects.get().allowed


def test_an_edit_of_one_parameter_is_an_edit(erin, make_report, change_url, filled_in):
    job = make_report(month="2026-03-01")
    data = filled_in(erin, change_url(job), param_customer="8")

    erin.post(change_url(job), data)

    job.refresh_from_db()
    assert job.params == {"customer": 8, "month": "2026-03-01"}
    assert Activity.objects.get().action == "edit"


def test_parameters_that_somebody_broke_by_hand_can_be_mended(
    erin, make_report, change_url, filled_in
):
    job = make_report()
    ScheduledJob.objects.update(params=["broken"])

    data = filled_in(erin, change_url(job), param_customer="8")
    erin.post(change_url(job), data)

    job.refresh_from_db()
    assert job.params == {"customer": 8}
