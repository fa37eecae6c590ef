"""The grade: the weight of what is ticked in that of what applies."""

from __future__ import annotations

import pytest

from cronmgmt.errors import UnknownJob
from cronmgmt.queries.audit import Answered, AuditedSite, Box, Who, audit
from cronmgmt.queries.audit.verdicts import Answer, Verdict

VERDICTS = {
    "+": Verdict.PASS,
    "-": Verdict.FAIL,
    "?": Verdict.PERSON,
    ".": Verdict.NONE,
}


def answered(signs, weight=1):
    return [
        Answered(
            Box(f"3.1.{number}", sign, Who.JOB, rule=str, weight=weight),
            Answer(VERDICTS[sign], "So it is."),
        )
        for number, sign in enumerate(signs)
    ]


@pytest.mark.part("4.13")
@pytest.mark.parametrize(
    ("light", "heavy", "percent", "grade"),
    [
        ("+", "", 100, "A"),
        ("", "", 100, "A"),
        ("....", "", 100, "A"),
        ("+.", "", 100, "A"),
        ("+++++++++-", "", 90, "A"),
        ("++++++++-", "", 88, "B"),
        ("+++-", "", 75, "B"),
        ("+++?", "", 75, "B"),
        ("++-", "", 66, "C"),
        ("+++--", "", 60, "C"),
        ("++---", "", 40, "D"),
        ("+--", "", 33, "F"),
        ("-", "", 0, "F"),
        ("+", "-", 25, "F"),
        ("-", "+", 75, "B"),
    ],
)
def test_the_grade_is_the_share_of_what_is_ticked(light, heavy, percent, grade):
    found = AuditedSite([*answered(light), *answered(heavy, weight=3)])

    assert (found.percent, found.grade) == (percent, grade)


def test_the_worst_are_failures_and_then_what_weighs_most():
    found = AuditedSite([*answered("?-+."), *answered("?-", weight=3)])

    opened = [(each.box.title, each.box.weight) for each in found.open]

    assert opened == [("-", 3), ("-", 1), ("?", 3), ("?", 1)]


@pytest.mark.django_db
def test_one_reason_is_named_once_among_the_worst(make_job):
    make_job()

    boxes = [each.box for each in audit().jobs[0].worst(9)]

    assert boxes[0].id == "3.1.6" and "3.3.3" in [box.id for box in boxes]
    assert {"3.3.7", "3.5.3"}.isdisjoint(box.id for box in boxes)
    assert all(box.who == Who.JOB for box in boxes)


@pytest.mark.part("4.13")
@pytest.mark.django_db
def test_the_worst_job_comes_first(make_job, now):
    make_job("a-good-one", purpose="Yes.", dependencies="none")
    make_job("bad", overlap="allow")
    make_job("gone", retired_at=now)
    make_job("middling")

    names = [each.job.name for each in audit().jobs]

    assert names == ["bad", "middling", "a-good-one"]


@pytest.mark.django_db
def test_jobs_are_asked_for_by_their_names(make_job, now):
    for name in ("a", "b", "gone"):
        make_job(name, retired_at=now if name == "gone" else None)

    assert [each.job.name for each in audit(["b", "gone"]).jobs] == ["b", "gone"]
    with pytest.raises(UnknownJob, match="There is no job 'c'"):
        audit(["a", "c"])


@pytest.mark.part("4.13")
@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 20])
def test_many_jobs_take_no_more_statements(
    make_job, make_run, django_assert_num_queries, count
):
    for number in range(count):
        make_run(make_job(f"job-{number}"))

    with django_assert_num_queries(2):
        found = audit()

    assert len(found.jobs) == count
