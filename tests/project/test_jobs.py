"""The site's own jobs, each run in the foreground as a person would."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from cronmgmt.models import ScheduledJob, TargetResult
from project.certification.made_up import DAYS_LEFT, create_mentors
from project.models import Mentor
from project.organisation import create_organisation
from project.people import create_members
from project.sync.checksum import source_checksum, target_checksum

SCHEDULES = {
    "certification-expiry": "0 1 * * *",
    "demo:agencies": "10m",
    "demo:archive": "7m",
    "demo:exchange-rates": "2m",
    "demo:members-change": "45s",
    "facilities-regions": "0 7 * * 1",
    "health-check": "0 * * * *",
    "intercom": "0 8 * * *",
    "members": "15 7 * * *",
    "nightly-report": "0 2 * * *",
    "positions": "45 7 * * *",
}
EXPECTED = {"facilities-regions": 60, "members": 120, "positions": 90, "intercom": 600}


@pytest.fixture(scope="module", autouse=True)
def source(site):
    create_members(500, alias=site.copy.source)
    return site.copy.source_rows()


@pytest.mark.part("0.1")
def test_the_schedules_are_those_of_the_source_documents(site):
    listed = json.loads(site.manage("cronmgmt", "list", "--json").stdout)

    schedules = {
        job["name"]: (job["schedule"], job["timezone"]) for job in listed["jobs"]
    }
    assert schedules == {
        name: (expression, "UTC") for name, expression in SCHEDULES.items()
    }


def test_the_members_are_synced_and_changes_follow(site):
    site.run_job("members")
    first = target_checksum(site.copy)

    changes = site.run_job("demo:members-change")
    counts = site.run_job("members")

    assert counts["written"] == changes["moved"] + changes["came"]
    assert counts["vanished"] == changes["left"]
    assert first != target_checksum(site.copy) == source_checksum(site.copy)
    assert site.runs("members").first().items_processed == 500


def test_the_members_change_only_in_the_demo(site):
    before = source_checksum(site.copy)

    refused = site.manage(
        "cronmgmt", "run", "demo:members-change", check=False, DEBUG=""
    )

    assert refused.returncode == 1
    assert "DEBUG is off" in refused.stderr
    assert source_checksum(site.copy) == before


@pytest.mark.part("3.3")
def test_one_agency_is_done_by_hand(site):
    site.manage("cronmgmt", "run", "demo:agencies", "--agency=agency_north")

    done = TargetResult.objects.using("site_default").get()
    assert (done.target, done.status) == ("agency_north", "succeeded")
    assert done.items > 0


def test_the_report_counts_members_and_what_a_day_changed(site):
    site.run_job("members")

    report = site.run_job("nightly-report")

    assert report["members"] == 500
    assert sum(report["by status"].values()) == 500
    assert sum(report["by region"].values()) == 500
    assert report["written in the last day"] == 500


def test_the_health_check_times_each_database(site):
    latencies = site.run_job("health-check")

    assert sorted(latencies) == ["default", "source", "target"]
    assert all(0 < latency < 60_000 for latency in latencies.values())


def test_the_health_check_names_the_database_that_is_silent(site):
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"

    failed = site.manage(
        "cronmgmt", "run", "health-check", check=False, TARGET_DATABASE_URL=nowhere
    )

    assert failed.returncode == 1
    assert "Unhealthy: target: " in failed.stderr + failed.stdout
    assert "source" not in failed.stderr


@pytest.mark.part("2.6")
def test_the_night_of_the_certifications(site):
    create_mentors(datetime.now(UTC).date(), alias="site_default")

    first = site.run_job("certification-expiry")
    second = site.run_job("certification-expiry")

    expired = sum(days <= 0 for days in DAYS_LEFT)
    due = sum(days <= 30 for days in DAYS_LEFT)
    assert first == {"paused": expired, "notices": due, "mailed": due}
    assert second == {"paused": 0, "notices": 0, "mailed": 0}
    # A file may hold more than one of them.
    mails = "".join(file.read_text() for file in (site.folder / "mail").iterdir())
    assert mails.count("@notices>") == due
    mentors = Mentor.objects.using("site_default")
    assert mentors.public().count() == len(DAYS_LEFT) + 1 - expired


@pytest.mark.part("0.1")
def test_places_and_positions_are_synced_too(site):
    create_organisation(positions=50, alias="site_source")

    counts = site.run_job("facilities-regions")
    counts["positions"] = site.run_job("positions")

    for table, count in counts.items():
        copy = site.copies[table]
        assert count["written"] == copy.target_rows().count() > 0
        assert target_checksum(copy) == source_checksum(copy)


@pytest.mark.part("0.1")
def test_without_an_address_or_a_token_nothing_is_pushed(site):
    command = ("cronmgmt", "run", "intercom")

    nowhere = site.manage(*command, check=False, DEBUG="", INTERCOM_TOKEN="t")
    nobody = site.manage(*command, check=False, INTERCOM_URL="https://api.example")

    assert "INTERCOM_URL is not set" in nowhere.stderr + nowhere.stdout
    assert "no INTERCOM_TOKEN" in nobody.stderr + nobody.stdout


def test_the_stand_in_for_the_api_is_there_only_in_the_demo(site):
    look = (
        "shell",
        "-c",
        "from django.urls import resolve as r; r('/stand-in/intercom/')",
    )

    assert site.manage(*look).returncode == 0
    assert "Resolver404" in site.manage(*look, check=False, DEBUG="").stderr


def test_log_lines_may_be_json(site):
    done = site.manage("cronmgmt", "run", "health-check", LOG_JSON="true")

    lines = [json.loads(line) for line in done.stderr.splitlines()]
    runs = [line for line in lines if line["logger"] == "cronmgmt.runs"]
    assert [line["message"].split(":")[0] for line in runs] == [
        "Cron job started",
        "Cron job completed",
    ]
    assert {line["service"] for line in runs} == {"platform"}
    assert {line["context"]["job"] for line in runs} == {"health-check"}


@pytest.mark.part("0.1")
def test_the_expected_durations_are_those_of_the_source_documents(site):
    jobs = ScheduledJob.objects.using("site_default").filter(name__in=EXPECTED)

    assert {job.name: job.expected_duration.seconds for job in jobs} == EXPECTED


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_job_says_what_it_is_for_and_what_to_do(site, name):
    row = ScheduledJob.objects.using("site_default").get(name=name)

    assert row.title and row.purpose and row.description and row.owner
    assert row.timeout and row.expected_duration
