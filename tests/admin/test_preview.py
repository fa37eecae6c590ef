"""What a schedule would do is shown before it is saved, and what counts when folded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.models import Activity, ScheduledJob
from tests.admin.test_jobs import ADD, NEW

pytestmark = pytest.mark.part("4.5")


def text_of(answer):
    return " ".join(answer.content.decode().split())


@pytest.fixture
def asked(erin, change_url, filled_in):
    """Press the button of the preview with some fields changed."""

    def ask(job, **changes):
        url = change_url(job)
        return erin.post(url, filled_in(erin, url, **changes, _preview="1"))

    return ask


def test_old_and_new_stand_side_by_side_and_nothing_is_saved(make_job, asked):
    job = make_job()
    before = ScheduledJob.objects.values().get()

    answer = asked(job, schedule_expression="30 2 * * *", timezone="Europe/Amsterdam")

    text = text_of(answer)
    assert answer.status_code == 200
    assert "As it is: Every day at 07:15 (UTC)" in text
    assert "Once it is saved: Every day at 02:30 (Europe/Amsterdam)" in text
    assert "Tue 2 Jun 2026, 09:15:00</td><td>Tue 2 Jun 2026, 02:30:00" in text
    assert "25 October 2026: 02:30 happens twice; runs once, the first time" in text
    assert "Nothing is saved yet" in text
    assert ScheduledJob.objects.values().get() == before
    assert not Activity.objects.filter(action="edit").exists()


def test_a_schedule_that_is_as_it_was_is_shown_once(make_job, asked):
    text = text_of(asked(make_job(), title="Members"))

    assert "As it is" not in text
    assert text.count("Tue 2 Jun 2026, 07:15:00 UTC") == 1


def test_a_new_job_has_a_preview_before_it_is_there(erin):
    empty = text_of(erin.get(f"{ADD}?handler=tests.sync"))
    assert "Fill in a schedule to see when it would run." in empty

    answer = erin.post(ADD, {**NEW, "_preview": "1"})

    assert "Tue 2 Jun 2026, 07:15:00 Europe/Amsterdam" in text_of(answer)
    assert not ScheduledJob.objects.exists()


def test_a_schedule_that_cannot_be_read_says_so_as_saving_it_would(make_job, asked):
    text = text_of(asked(make_job(), schedule_expression="61 * * * *"))

    assert "minute" in text
    assert "Nothing is saved yet" in text


def test_a_run_longer_than_its_interval_is_a_warning(make_job, asked):
    job = make_job(schedule_expression="*/5 * * * *")

    text = text_of(asked(job, expected_duration="10m"))
    assert "expected to take 10 min, and the next one is due after 5 min" in text

    assert "Longer than its interval" not in text_of(asked(job, expected_duration="5m"))


def test_the_button_needs_the_right_to_edit(vera, make_job, change_url):
    answer = vera.post(change_url(make_job()), {"_preview": "1"})

    assert answer.status_code == 403


def test_what_is_folded_says_what_counts(erin, make_job, change_url):
    job = make_job(
        overlap="wait",
        lock_key="<b>lock</b>",
        max_attempts=3,
        backoff=timedelta(seconds=20),
        mail_to=["ops@example.org"],
    )

    text = text_of(erin.get(change_url(job)))

    assert "the next one waits until it has ended" in text
    assert "It is tried up to 2 times more, first after 20 s" in text
    assert "One address is told of the end of every run." in text
    assert "&lt;b&gt;lock" in text
    assert "<b>lock</b>" not in text


def test_the_form_costs_the_same_whatever_the_history(
    erin, make_job, make_run, change_url, django_assert_num_queries
):
    job = make_job()
    erin.get(change_url(job))
    for _ in range(30):
        make_run(job)

    with django_assert_num_queries(9):
        erin.get(change_url(job))


def test_who_may_only_look_has_no_button(erin, vera, make_job, change_url):
    job = make_job()

    assert 'name="_preview"' in erin.get(change_url(job)).content.decode()
    assert 'name="_preview"' not in vera.get(change_url(job)).content.decode()
