"""Everything, or all jobs with a tag, off for a while."""

from __future__ import annotations

import pytest

from cronmgmt.models import Activity, Pause


@pytest.fixture(autouse=True)
def _job(make_job):
    make_job(tags=["nightly"])


def test_a_tag_is_paused_by_a_form_and_shown_on_the_list(alice):
    assert '<option value="nightly">' in alice.get("/cron/pause").content.decode()

    data = {"tag": "nightly", "reason": "moving house", "until": "2100-01-02T08:00"}
    answer = alice.post("/cron/pause", data)

    assert (answer.status_code, answer["Location"]) == (303, "/cron/")
    page = alice.get("/cron/").content.decode()
    assert "All jobs with the tag nightly are off" in page
    assert "by alice: moving house" in page
    assert "state-paused" in page


def test_it_is_ended_by_a_button(alice, bob):
    alice.post("/cron/pause", {"reason": "moving house"})
    assert "Everything is off" in bob.get("/cron/").content.decode()
    assert "End the pause" not in bob.get("/cron/").content.decode()

    alice.post("/cron/pause/end", {"tag": ""})

    assert "Everything is off" not in alice.get("/cron/").content.decode()
    assert Pause.objects.get().ended_by == "alice"


@pytest.mark.parametrize(
    "data",
    [
        {"tag": "nightly", "reason": ""},
        {"tag": "nobody", "reason": "x"},
        {"reason": "x", "until": "2001-01-01T00:00"},
        {"reason": "x", "until": "soon"},
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_nothing_is_lost(alice, data):
    answer = alice.post("/cron/pause", data)

    assert answer.status_code == 400
    assert b"errorlist" in answer.content
    assert not Pause.objects.exists()


def test_a_second_one_names_the_first(alice):
    alice.post("/cron/pause", {"reason": "moving house"})

    answer = alice.post("/cron/pause", {"reason": "again"})

    assert answer.status_code == 400
    assert b"moving house" in answer.content


@pytest.mark.parametrize("path", ["/cron/pause", "/cron/pause/end"])
def test_who_may_not_is_refused(bob, charlie, path):
    data = {"reason": "x"}

    assert bob.post(path, data).status_code == 403
    assert charlie.post(path, data).status_code == 403
    assert not Pause.objects.exists()
    assert not Activity.objects.filter(allowed=True).exists()


def test_the_form_is_only_for_who_may(bob):
    assert bob.get("/cron/pause").status_code == 403
