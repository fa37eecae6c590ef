"""The page of who did or tried what: what it shows, to whom, and as a file."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from django.utils.html import escape

from cronmgmt.engine import actions
from cronmgmt.engine.actions import Actor
from cronmgmt.models import Activity
from cronmgmt.queries import activity as module
from tests.dashboard.conftest import OPERATE

pytestmark = pytest.mark.part("0.10")

PAGE, CSV, JSON = "/cron/activity", "/cron/activity.csv", "/cron/activity.json"


@pytest.fixture
def auditor(logged_in):
    return logged_in("ada", "view_activity")


@pytest.fixture
def note(now):
    """Put something on record, as long ago as is said."""

    def note(actor="alice", action="trigger", ago=timedelta(), **fields):
        usual = {"source": "dashboard", "allowed": True, "job_name": "members"}
        return Activity.objects.create(
            at=now - ago, actor=actor, action=action, **{**usual, **fields}
        )

    return note


def shown(answer):
    return [row.record for row in answer.context["rows"]]


def text(answer):
    return b"".join(answer.streaming_content).decode()


def test_it_shows_who_did_what_from_where_why_and_what_changed(auditor, make_job):
    job = make_job(title="Members")
    job.title = "All members"
    boss = Actor("boss", "admin", address="192.0.2.7")
    actions.save_job(job, boss, reason="There are more.")

    page = auditor.get(PAGE).content.decode()

    for told in ("boss", "admin", "192.0.2.7", "edit", "There are more."):
        assert told in page
    assert "<del>Members</del> <ins>All members</ins>" in page


def test_what_is_unusual_or_refused_or_failed_says_so(auditor, note):
    note(unusual=True)
    note(allowed=False)
    note(failed=True)

    page = auditor.get(PAGE).content.decode()

    for told in ("unusually often", "refused", "failed"):
        assert told in page


@pytest.mark.parametrize("address", [PAGE, CSV, JSON])
def test_only_who_may_view_activity_sees_it(alice, charlie, client, address):
    assert alice.get(address).status_code == 403
    assert charlie.get(address).status_code == 403
    assert client.get(address).status_code == 302


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", "abcde"),
        ("person=bob", "c"),
        ("job=positions", "b"),
        ("action=edit", "d"),
        ("verdict=refused", "c"),
        ("verdict=allowed", "abd"),
        ("verdict=failed", "e"),
        ("verdict=unusual", "a"),
        ("person=alice&action=trigger&job=members", "ae"),
        ("since=2026-06-01T11:30", "cde"),  # The site's time zone is Amsterdam's.
        ("until=2026-06-01T11:30", "ab"),
        ("since=2026-06-01T12:30&until=2026-06-01T13:30", "d"),
        ("person=nobody", ""),
    ],
)
def test_it_is_filtered_the_same_on_the_page_and_in_the_files(
    auditor, note, query, wanted
):
    hour = timedelta(hours=1)
    note(ago=4 * hour, reason="a", unusual=True)
    note(ago=3 * hour, reason="b", job_name="positions")
    note(ago=2 * hour, reason="c", actor="bob", allowed=False, action="delete")
    note(ago=hour, reason="d", action="edit")
    note(reason="e", failed=True)

    page = auditor.get(f"{PAGE}?{query}")
    told = json.loads(text(auditor.get(f"{JSON}?{query}")))["activity"]
    lines = list(csv.DictReader(io.StringIO(text(auditor.get(f"{CSV}?{query}")))))

    assert "".join(sorted(each.reason for each in shown(page))) == wanted
    assert [each["at"] for each in told] == [each["at"] for each in lines]
    assert len(told) == len(wanted)


@pytest.mark.parametrize(
    "address",
    [
        f"{PAGE}?before=x",
        *(f"{each}?since=soon" for each in (PAGE, CSV, JSON)),
        *(f"{each}?verdict=perhaps" for each in (PAGE, CSV, JSON)),
    ],
)
def test_what_cannot_be_asked_is_a_clear_refusal(auditor, note, address):
    note()

    assert auditor.get(address).status_code == 400


def test_older_records_are_pages_away(auditor, note):
    for number in range(120):
        note(reason=str(number))

    found, page = [], auditor.get(PAGE)
    while True:
        found += [each.reason for each in shown(page)]
        if not page.context["older"]:
            break
        page = auditor.get(f"{PAGE}{page.context['older']}")

    assert found == [str(number) for number in reversed(range(120))]


def test_a_search_that_takes_long_says_how_far_it_looked(auditor, note, monkeypatch):
    monkeypatch.setitem(module.__globals__, "SCANNED", 10)
    note(unusual=True)
    for _ in range(25):
        note()

    page, looks = auditor.get(f"{PAGE}?verdict=unusual"), 1
    while page.context["older"]:
        assert page.context["unsearched"] or shown(page)
        page = auditor.get(f"{PAGE}{page.context['older']}")
        looks += 1

    assert looks == 3
    assert len(shown(page)) == 1


def test_errors_are_not_for_everybody(auditor, logged_in, note):
    note(failed=True, reason="It failed: OperationalError: host db7")

    for address in (PAGE, CSV, JSON):
        answer = auditor.get(address)
        said = text(answer) if answer.streaming else answer.content.decode()
        assert "db7" not in said
    reader = logged_in("rita", "view_activity", "view_error_jobrun")
    assert b"db7" in reader.get(PAGE).content


EVIL = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>']


@pytest.mark.parametrize("evil", EVIL)
def test_whatever_was_typed_stays_text(auditor, note, evil):
    note(
        actor=evil,
        action=evil[:30],
        job_name=evil,
        source=evil[:20],
        address=evil[:45],
        reason=evil,
        before={evil: evil},
        after={evil: [evil]},
    )

    page = auditor.get(PAGE).content.decode()

    assert evil not in page
    assert page.count(escape(evil)) >= 6


def test_no_cell_of_the_file_is_a_formula(auditor, note):
    note(actor="=1+1", reason="@SUM(A1)", job_name="-2")

    [line] = csv.DictReader(io.StringIO(text(auditor.get(CSV))))

    assert (line["person"], line["reason"], line["about"]) == (
        "'=1+1",
        "'@SUM(A1)",
        "'-2",
    )


def test_a_job_is_linked_by_the_name_it_has_today(auditor, make_job, make_user):
    make_job("members")
    actions.switch_off("members")
    job = make_job("gone")
    actions.delete_job("gone")

    page = auditor.get(PAGE).content.decode()

    assert "/cron/jobs/gone" not in page
    assert job.name in page


def test_a_name_is_linked_for_who_may_look_at_jobs(logged_in, make_job):
    job = make_job("members")
    actions.switch_off("members")
    job.refresh_from_db()
    job.name = "people"
    actions.save_job(job, Actor("boss", "admin"))
    client = logged_in("ada", "view_activity", "view_scheduledjob")

    page = client.get(PAGE).content.decode()

    assert 'href="/cron/jobs/people"' in page
    assert 'href="/cron/jobs/members"' not in page


@pytest.mark.parametrize("address", [PAGE, CSV, JSON])
def test_what_was_done_to_a_hidden_job_is_hidden(logged_in, make_job, address):
    make_job("payroll")
    actions.restrict_job("payroll", {"Payroll": "act"})
    outside = logged_in("otto", *OPERATE, "view_activity")
    rita = logged_in("rita", *OPERATE)
    rita.post("/cron/trigger/payroll")

    answer = outside.get(address)

    said = text(answer) if answer.streaming else answer.content.decode()
    assert "payroll" not in said


def test_somebodys_own_attempt_at_a_hidden_job_is_shown_as_at_an_invented_one(
    logged_in, make_job, monkeypatch
):
    monkeypatch.setitem(module.__globals__, "SCANNED", 3)
    make_job("payroll")
    for _ in range(2):
        actions.restrict_job("payroll", {"Payroll": "act"})
    outside = logged_in("otto", *OPERATE, "view_activity")
    told = []
    for name in ("payroll", "parsnip"):
        outside.post(f"/cron/trigger/{name}")
        page = outside.get(f"{PAGE}?job={name}")
        rows = page.context["rows"]
        told.append((len(rows), rows[0].job, page.context["older"]))

    assert told[0] == told[1] == (1, "", "")


@pytest.mark.parametrize("count", [5, 500])
def test_it_costs_the_same_for_any_number_of_records(
    auditor, note, count, django_assert_max_num_queries
):
    note()
    first = Activity.objects.get()
    fields = {"at": first.at, "actor": "bob", "source": "api", "action": "trigger"}
    Activity.objects.bulk_create(Activity(allowed=True, **fields) for _ in range(count))

    with django_assert_max_num_queries(10):
        assert auditor.get(f"{PAGE}?person=bob").status_code == 200


def test_what_changed_is_told_as_people_read_it(auditor, note):
    note(
        action="switch-off",
        reason="Moved",
        before={"enabled": True, "off_by": "", "off_reason": ""},
        after={
            "enabled": False,
            "off_by": "alice",
            "off_reason": "Moved",
            "off_until": "2026-06-05T10:00:00.123456+00:00",
        },
    )

    page = auditor.get(PAGE).content.decode()

    assert "<del>yes</del> <ins>no</ins>" in page
    assert "<ins>2026-06-05 12:00:00</ins>" in page  # Amsterdam
    assert page.count("Moved") == 1
    assert "<ins>alice" not in page


@pytest.mark.parametrize(("count", "folded"), [(6, 0), (7, 1)])
def test_many_values_are_folded_away(auditor, note, count, folded):
    note(action="create", after={f"field_{number}": "x" for number in range(count)})

    page = auditor.get(PAGE).content.decode()

    assert page.count('<details id="changes-') == folded
    assert page.count("<ins>x</ins>") == count
