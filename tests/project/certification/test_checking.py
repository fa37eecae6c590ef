"""Night after night: each notice once, a pause at the end, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cronmgmt.models import ProcessedItem
from project.certification.checking import check
from project.models import Mentor, Notice
from tests.project.fakes import Killed

pytestmark = [pytest.mark.part("2.6"), pytest.mark.part("4.4")]

DAY = timedelta(days=1)


def look(run, now, *, later=0):
    """Do what the job does that many days later."""
    moment = now + later * DAY
    return check(run, moment.date(), moment)


def stages():
    return list(Notice.objects.order_by("pk").values_list("stage", flat=True))


def test_from_long_before_to_long_after(run, certify, now):
    certify(40)
    public = {}

    for night in range(60):
        look(run, now, later=night)
        public[night] = Mentor.objects.public().exists()

    assert stages() == [30, 14, 7, 0]
    assert [night for night, is_public in public.items() if is_public] == list(
        range(40)
    )
    assert Mentor.objects.get().paused_at == now + 40 * DAY
    assert "expired on" in Mentor.objects.get().pause_reason


@pytest.mark.parametrize("days", [30, 14, 7, 0, -5])
def test_a_second_run_changes_nothing(run, certify, now, days):
    certify(days)
    first = look(run, now)
    before = list(Mentor.objects.values()), list(Notice.objects.values())

    second = look(run, now)

    assert first == {"paused": days <= 0, "notices": 1}
    assert second == {"paused": 0, "notices": 0}
    assert (list(Mentor.objects.values()), list(Notice.objects.values())) == before


def test_nights_that_were_missed_are_made_up_for_by_the_latest_notice(
    run, certify, now
):
    certify(31)

    look(run, now, later=20)
    look(run, now, later=40)

    assert stages() == [14, 0]


def test_an_earlier_night_that_is_run_again_sends_nothing(run, certify, now):
    certify(31)
    look(run, now, later=25)

    look(run, now, later=5)

    assert stages() == [7]


def test_who_has_renewed_is_left_alone(run, certify, now):
    old = certify(-1)
    certify(300, mentor=old.mentor)

    assert look(run, now) == {"paused": 0, "notices": 0}


def test_two_that_expire_on_one_day_bring_one_notice(run, certify, now):
    certify(14, mentor=certify(14).mentor)

    look(run, now)

    assert stages() == [14]


def test_another_date_brings_notices_of_its_own(run, certify, now):
    certification = certify(5)
    look(run, now)
    certification.expires_on += 9 * DAY
    certification.save()

    look(run, now)

    assert stages() == [7, 14]


def test_a_pause_that_was_ended_without_a_renewal_begins_again(run, certify, now):
    certify(-1)
    look(run, now)
    Mentor.objects.update(paused_at=None)

    assert look(run, now) == {"paused": 1, "notices": 0}


def test_an_earlier_pause_keeps_its_reason(run, certify, now):
    mentor = certify(-1).mentor
    Mentor.objects.update(paused_at=now - DAY, pause_reason="On leave")

    look(run, now)

    mentor.refresh_from_db()
    assert (mentor.pause_reason, mentor.paused_at) == ("On leave", now - DAY)
    assert stages() == [0]


def test_a_death_leaves_nothing_half_done(run, certify, now, monkeypatch):
    certify(0)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Notice, "save", kill)
        look(run, now)

    assert Mentor.objects.public().exists()
    assert not ProcessedItem.objects.exists()
    assert look(run, now) == {"paused": 1, "notices": 1}


def kill(*args, **kwargs):
    raise Killed


def test_what_is_done_is_not_asked_for_every_night(
    run, certify, now, django_assert_num_queries
):
    for days in (-1, -2, -3):
        certify(days)
    look(run, now)

    with django_assert_num_queries(1):
        look(run, now)
