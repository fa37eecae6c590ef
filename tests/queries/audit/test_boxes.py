"""The table: 67 boxes, those of the document, each of which always has an answer."""

from __future__ import annotations

from collections import Counter

import pytest

from cronmgmt.models import ScheduledJob
from cronmgmt.queries.audit import BOXES, SECTIONS, Verdict, Who, audit
from cronmgmt.queries.audit.boxes import answer_for_job
from cronmgmt.queries.audit.facts import JobFacts, SiteFacts
from tests.conftest import MOMENT

SIZES = {"3.1": 9, "3.2": 8, "3.3": 14, "3.4": 7, "3.5": 11, "3.6": 9, "3.7": 9}
"""So many boxes has each section of the document."""


@pytest.mark.part("4.13")
def test_each_box_of_the_document_is_there_once():
    wanted = [
        f"{section}.{number}"
        for section, size in SIZES.items()
        for number in range(1, size + 1)
    ]

    assert len(BOXES) == 67
    assert [box.id for box in BOXES] == wanted
    assert list(SECTIONS) == list(SIZES)


def test_no_two_boxes_are_called_the_same():
    counted = Counter(str(box.title) for box in BOXES if box.id != "3.6.9")

    assert [title for title, count in counted.items() if count > 1] == []


@pytest.mark.part("4.13")
@pytest.mark.django_db
def test_every_box_gives_every_job_a_sentence(make_job):
    make_job()
    make_job("manual", schedule_kind="manual", schedule_expression="")

    for each in audit().jobs:
        assert [one.box for one in each.answers] == list(BOXES)
        assert all(one.answer.sentence.endswith(".") for one in each.answers)


@pytest.mark.part("4.13")
@pytest.mark.django_db
def test_every_verdict_is_given(make_job):
    make_job(max_attempts=1)

    (found,) = audit().jobs

    assert {one.answer.verdict for one in found.answers} == set(Verdict)


@pytest.mark.django_db
def test_what_is_the_same_for_all_jobs_is_answered_once(make_job):
    make_job()

    found = audit()

    assert len(found.site.answers) == sum(box.who != Who.JOB for box in BOXES)
    assert set(found.site.answers) < set(found.jobs[0].answers)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "broken",
    [
        {"schedule_expression": "at noon"},
        {"timezone": "Mars/Olympus"},
        {"tags": 7, "mail_to": "me", "retry_on": None},
        {"declared": [], "overrides": []},
        {"handler": "gone", "on_lost": "?", "overlap": "?"},
    ],
)
def test_a_row_broken_by_hand_is_audited_all_the_same(make_job, broken):
    make_job()
    ScheduledJob.objects.update(**broken)

    (found,) = audit().jobs

    assert len(found.answers) == len(BOXES)


def test_a_value_of_another_type_fails_its_box_and_no_other():
    job = ScheduledJob(name="job", max_attempts="three", purpose="To count.")
    facts = JobFacts(job, SiteFacts(MOMENT, []))
    boxes = {box.id: box for box in BOXES}

    broken = answer_for_job(boxes["3.1.8"], facts)
    assert broken.verdict == "fail" and "cannot be read: " in broken.sentence
    assert answer_for_job(boxes["3.1.5"], facts).verdict == "pass"


def test_what_does_not_exist_is_a_fail_of_the_engine():
    absent = {"3.3.4", "3.3.6", "3.3.8", "3.3.9", "3.3.10"}
    fixed = {box.id: box.rule(None) for box in BOXES if box.who == Who.ENGINE}

    failing = {key for key, each in fixed.items() if each.verdict == Verdict.FAIL}
    assert failing == absent
