"""What a person changed of what the code declares, and the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt import registry
from cronmgmt.engine.declaring import apply_declarations
from cronmgmt.models import Activity, ScheduledJob
from cronmgmt.registry import Declaration
from tests.admin.test_jobs import errors_of


@pytest.fixture
def declared(now):
    """A job as the code declares it."""
    schedule = registry.schedule_fields("tests.sync", cron="0 5 * * *")
    fields = {**schedule, "owner": "ops", "params": {"limit": 5}, "tags": ["a"]}
    declaration = Declaration("tests.sync", "tests.sync", fields)
    registry._declarations["tests.sync"] = declaration
    apply_declarations()
    return ScheduledJob.objects.get(name="tests.sync")


@pytest.fixture
def changed(erin, declared, change_url, filled_in):
    """The same after Erin changed when it runs, who owns it and its parameters."""
    data = filled_in(
        erin,
        change_url(declared),
        schedule_expression="0 7 * * *",
        owner="erin",
        tags="b",
        param_limit="9",
    )
    erin.post(change_url(declared), data)
    Activity.objects.forget([each.pk for each in Activity.objects.all()])
    declared.refresh_from_db()
    return declared


def test_a_job_that_nobody_changed_bears_no_mark(erin, declared, change_url):
    assert b"cronmgmt-mark" not in erin.get(change_url(declared)).content


def test_saving_what_nobody_touched_changes_nothing(
    erin, declared, change_url, filled_in
):
    erin.post(change_url(declared), filled_in(erin, change_url(declared)))

    declared.refresh_from_db()
    assert declared.overrides == {}


def test_a_job_made_in_the_admin_bears_no_mark(erin, make_job, change_url):
    assert b"cronmgmt-mark" not in erin.get(change_url(make_job())).content


def test_a_changed_field_says_by_whom_and_when_and_what_the_code_declares(
    erin, changed, change_url
):
    page = erin.get(change_url(changed)).content.decode()

    when = "Changed by erin, 1 Jun 2026 14:00; the code declares <code>"
    assert f"{when}0 5 * * *</code>" in page
    assert f"{when}ops</code>" in page
    assert f"{when}{{&quot;limit&quot;: 5}}</code>" in page
    assert page.count('class="cronmgmt-mark"') == 4
    assert "Words with commas between. <span" in page


def test_a_section_with_a_mark_is_not_folded(erin, declared, changed, change_url):
    page = erin.get(change_url(changed))

    titles = [each.name for each in page.context["adminform"] if each.is_collapsible]
    assert [title.partition(" <")[0] for title in titles] == [
        "If it overlaps, is late or fails",
        "Who is told",
        "Queue and limits",
        "Bounds of the schedule",
        "How long it is kept",
    ]


def test_who_may_only_look_reads_the_marks(vera, changed, change_url):
    page = vera.get(change_url(changed)).content.decode()

    assert "the code declares <code>ops</code>" in page
    assert page.count('class="cronmgmt-mark"') == 4
    assert "Give it back" not in page


def test_a_field_is_given_back_to_the_code(erin, changed, change_url, filled_in):
    back = {"_back_to_code": ["schedule_expression", "params"]}

    erin.post(change_url(changed), filled_in(erin, change_url(changed), **back))

    changed.refresh_from_db()
    assert changed.schedule_expression == "0 5 * * *"
    assert changed.params == {"limit": 5}
    assert changed.owner == "erin"
    assert set(changed.overrides) == {"owner", "tags"}
    noted = Activity.objects.get()
    assert (noted.actor, noted.action, noted.source) == ("erin", "reset", "admin")


def test_one_field_is_given_back_and_another_edited(
    erin, changed, change_url, filled_in
):
    back = {"_back_to_code": "owner", "title": "Sync"}

    erin.post(change_url(changed), filled_in(erin, change_url(changed), **back))

    changed.refresh_from_db()
    assert (changed.owner, changed.title) == ("ops", "Sync")
    assert set(changed.overrides) == {"schedule_expression", "params", "tags", "title"}
    assert {each.action for each in Activity.objects.all()} == {"edit", "reset"}


def test_a_mistake_in_a_field_that_is_given_back_does_not_matter(
    erin, changed, change_url, filled_in
):
    typed = {"schedule_expression": "61 * * * *", "param_limit": "[", "tags": ""}
    back = {"_back_to_code": ["schedule_expression", "params", "tags"]}
    data = filled_in(erin, change_url(changed), **typed, **back)

    answer = erin.post(change_url(changed), data)

    assert answer.status_code == 302
    changed.refresh_from_db()
    assert set(changed.overrides) == {"owner"}


def test_the_tick_survives_a_mistake_elsewhere(erin, changed, change_url, filled_in):
    data = filled_in(erin, change_url(changed), timezone="x", _back_to_code="owner")

    answer = erin.post(change_url(changed), data)

    assert list(errors_of(answer)) == ["timezone"]
    assert b'value="owner" checked>' in answer.content
    assert answer.content.count(b" checked> Give it back") == 1


@pytest.mark.parametrize("column", ["enabled", "name", "runs_total", "title", "x"])
def test_nothing_else_can_be_given_back(erin, changed, change_url, filled_in, column):
    data = filled_in(erin, change_url(changed), _back_to_code=column)

    assert erin.post(change_url(changed), data).status_code == 302
    assert not Activity.objects.filter(action="reset").exists()


def test_who_may_only_look_gives_nothing_back(vera, changed, change_url):
    answer = vera.post(change_url(changed), {"_back_to_code": "owner"})

    assert answer.status_code == 403
    changed.refresh_from_db()
    assert changed.owner == "erin"


def test_names_and_values_in_marks_stay_text(erin, changed, change_url):
    evil = "<script>alert(1)</script>"
    changed.overrides["owner"]["by"] = evil
    changed.overrides["tags"]["at"] = evil
    changed.declared["owner"] = f'"{evil}"'
    ScheduledJob.objects.update(overrides=changed.overrides, declared=changed.declared)

    page = erin.get(change_url(changed)).content.decode()

    assert evil not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_what_no_longer_fits_once_a_field_is_given_back_is_said(
    erin, changed, change_url, filled_in
):
    registry.add_handler("tests.other", other)
    ScheduledJob.objects.update(handler="tests.other", params={"limt": 1})
    data = filled_in(erin, change_url(changed), _back_to_code="handler")

    answer = erin.post(change_url(changed), data)

    registry.forget("tests.other")
    [complaint] = errors_of(answer)["__all__"]
    assert "tests.sync has no parameter 'limt'" in complaint


def other(run, limt):
    """Take a parameter that the declared handler does not know."""


@pytest.mark.parametrize(
    ("column", "declared", "value", "shown"),
    [
        ("timeout", '"0:05:00"', timedelta(minutes=9), "<code>0:05:00</code>"),
        ("timeout", "null", timedelta(minutes=9), "nothing"),
        ("title", '""', "Mine", "nothing"),
        (
            "starts_at",
            '"2026-07-01T10:00:00+00:00"',
            None,
            "<code>1 Jul 2026 12:00</code>",
        ),
        ("priority", "0", 20, "<code>0</code>"),
    ],
)
def test_what_the_code_declares_is_written_as_people_read_it(
    erin, make_job, change_url, column, declared, value, shown
):
    job = make_job(**{column: value}, declared={column: declared})

    page = erin.get(change_url(job)).content.decode()

    assert f"Changed by somebody; the code declares {shown}" in page


def test_a_moment_that_cannot_be_read_is_left_out(erin, changed, change_url):
    changed.overrides["owner"]["at"] = "2026-13-45T99:00:00"
    ScheduledJob.objects.update(overrides=changed.overrides)

    page = erin.get(change_url(changed)).content.decode()

    assert "Changed by erin; the code declares <code>ops</code>" in page


def test_a_copy_of_a_declared_job_is_an_admins_own(
    root, changed, change_url, filled_in
):
    data = filled_in(root, change_url(changed), _saveasnew="1")

    answer = root.post(change_url(changed), data)
    assert list(errors_of(answer)) == ["name"]
    root.post(change_url(changed), {**data, "name": "copy"})

    copy = ScheduledJob.objects.get(name="copy")
    assert (copy.declared, copy.overrides, copy.enabled) == ({}, {}, False)
    assert (copy.owner, copy.params) == ("erin", {"limit": 9})


def test_the_form_costs_the_same_however_much_was_changed(
    erin, changed, change_url, django_assert_max_num_queries
):
    with django_assert_max_num_queries(9):
        erin.get(change_url(changed))
