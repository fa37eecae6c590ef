"""What a job declares, and what its box comes to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt import signals
from cronmgmt.models import ProcessedItem, ScheduledJob

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
SMTP = "django.core.mail.backends.smtp.EmailBackend"
MAILED = {"mail_to": ["a@example.org"]}
MANUAL = {"schedule_kind": "manual", "schedule_expression": ""}
AT_NIGHT = {"schedule_expression": "30 2 * * *", "timezone": "Europe/Amsterdam"}
ALLOW = {"overlap": "allow"}


@pytest.mark.part("4.13")
@pytest.mark.parametrize(
    ("fields", "box", "verdict", "said"),
    [
        ({}, "3.1.2", "pass", "in words: every hour"),
        (MANUAL, "3.1.2", "none", "only when it is triggered"),
        ({"timezone": "Asia/Tokyo"}, "3.1.3", "pass", "goes by Asia/Tokyo"),
        (AT_NIGHT, "3.1.4", "fail", "runs once, the first time. Choose another"),
        ({**AT_NIGHT, "timezone": "UTC"}, "3.1.4", "pass", "No clock change"),
        (
            {"schedule_kind": "interval", "schedule_expression": "5m"},
            "3.1.4",
            "none",
            "no time of day",
        ),
        ({}, "3.1.5", "fail", "fill in purpose"),
        ({"purpose": "To count."}, "3.1.5", "pass", "written down"),
        ({}, "3.1.6", "fail", "set timeout"),
        ({"timeout": MINUTE}, "3.1.6", "pass", "after 1 min"),
        ({}, "3.1.7", "person", "a person must say"),
        ({"memory_limit": 200}, "3.1.7", "pass", "more than 200 MB"),
        ({}, "3.1.8", "person", "set max_attempts"),
        ({"max_attempts": 3}, "3.1.8", "pass", "up to 3 times, first again after 10 s"),
        ({"declared": {"max_attempts": 1}}, "3.1.8", "pass", "says so"),
        ({}, "3.1.9", "fail", "fill in dependencies"),
        ({"dependencies": "none"}, "3.1.9", "pass", "written down"),
        ({}, "3.2.1", "pass", "One run at a time"),
        (ALLOW, "3.2.1", "fail", "set overlap, lock_key or concurrency"),
        ({**ALLOW, "concurrency": 5}, "3.2.1", "pass", "fewer than 5"),
        ({"lock_key": "db"}, "3.2.2", "pass", "the lock db"),
        ({}, "3.2.6", "pass", "another is skipped"),
        ({**ALLOW, "lock_key": "db"}, "3.2.6", "pass", "waits until it is free"),
        (ALLOW, "3.2.6", "none", "takes no lock"),
        ({}, "3.3.3", "fail", "set mail_to"),
        (MAILED, "3.3.7", "pass", "One address"),
        ({"failure_aim": 0.05}, "3.3.13", "pass", "an aim of 5 %"),
        ({}, "3.4.2", "person", "run.once"),
        ({}, "3.4.6", "person", "starts from the top"),
        ({"on_lost": "fail"}, "3.4.6", "pass", "on_lost says so"),
        (ALLOW, "3.4.7", "person", "side by side"),
        ({}, "3.5.4", "fail", "call run.progress"),
        ({}, "3.5.6", "none", "not tried again"),
        ({"max_attempts": 2}, "3.5.6", "pass", "10 s at first, doubled"),
        ({"max_attempts": 2}, "3.5.7", "fail", "set retry_on"),
        ({"max_attempts": 2, "retry_on": ["OSError"]}, "3.5.7", "pass", "retry_on"),
        ({"failure_retention": 999 * 1440 * MINUTE}, "3.5.8", "pass", "for 999 d"),
        ({}, "3.6.5", "fail", "set memory_limit"),
        ({"memory_limit": 200}, "3.6.5", "fail", "set mail_to"),
        ({"memory_limit": 200, **MAILED}, "3.6.5", "pass", "and that is told"),
        ({}, "3.6.9", "fail", "set timeout"),
        ({"timeout": MINUTE}, "3.6.9", "pass", "5 s after its time-out"),
        ({}, "3.7.8", "person", "a queue of its own"),
        ({"lock_key": "db"}, "3.7.8", "pass", "The lock db"),
        ({"queue": "slow"}, "3.7.8", "pass", "the queue slow"),
    ],
)
def test_a_box_goes_by_what_the_job_says(
    make_job, told, settings, fields, box, verdict, said
):
    settings.EMAIL_BACKEND = SMTP
    make_job(**fields)

    answer = told(box)

    assert (answer.verdict, said in answer.sentence) == (verdict, True), answer


def test_a_schedule_that_cannot_be_read_fails(make_job, told):
    make_job()
    ScheduledJob.objects.update(schedule_expression="at noon")

    for box in ("3.1.2", "3.1.3", "3.1.4"):
        assert told(box).verdict == "fail"


def test_a_backend_that_sends_nothing_tells_nobody(make_job, told, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    make_job(**MAILED)

    answer = told("3.5.3")

    assert answer.verdict == "fail" and "reaches nobody" in answer.sentence


def test_who_listens_for_the_end_of_runs_may_tell_somebody(make_job, told):
    def listen(**about): ...

    make_job()
    signals.run_finished.connect(listen)
    try:
        found = [told(box).verdict for box in ("3.3.1", "3.3.2", "3.3.3")]
    finally:
        signals.run_finished.disconnect(listen)

    assert found == ["fail", "person", "person"]
    assert told("3.3.2").verdict == "fail"


@pytest.mark.part("4.13")
def test_what_the_last_run_left_on_record_counts(make_job, make_run, told):
    job = make_job()
    run = make_run(job, "succeeded", items_processed=12, peak_memory=90 * 2**20)
    ScheduledJob.objects.update(last_execution_id=run.execution_id)

    assert "how many items it did: 12." in told("3.5.4").sentence
    assert "took 90 MB" in told("3.1.7").sentence


@pytest.mark.part("4.13")
def test_items_marked_as_done_count(make_job, make_run, told, now):
    job = make_job()
    run = make_run(job)
    about = {"execution_id": run.execution_id, "at": now, "label": "1"}
    ProcessedItem.objects.create(handler=job.handler, key="1" * 64, **about)

    assert told("3.4.2").verdict == "pass"
