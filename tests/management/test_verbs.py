"""The verbs of ``manage.py cronmgmt``, in a shell's terms: output and exit status."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cronmgmt import registry
from cronmgmt.models import Activity, JobRun, Node, ScheduledJob, Status

pytestmark = pytest.mark.django_db


def greet(run, name: str = "you"):
    """Greet."""
    print(f"Hello, {name}!")  # noqa: T201
    return {"greeted": name}


def stumble(run):
    """Fail."""
    raise ValueError("no rows today")


@pytest.fixture(autouse=True)
def jobs():
    for function in (greet, stumble):
        registry.add_handler(f"t:cli:{function.__name__}", function)
        ScheduledJob(
            name=function.__name__,
            handler=f"t:cli:{function.__name__}",
            schedule_expression="0 6 * * *",
        ).save()
    yield
    registry.forget("t:cli:greet")
    registry.forget("t:cli:stumble")


def cronmgmt(*words):
    out = StringIO()
    call_command("cronmgmt", *words, stdout=out)
    return out.getvalue()


def test_list_shows_every_job_in_a_table():
    lines = cronmgmt("list").splitlines()

    assert lines[0].split() == [
        "NAME",
        "STATUS",
        "LAST",
        "RUN",
        "NEXT",
        "RUN",
        "SECONDS",
        "ERROR",
    ]
    assert [line.split()[:2] for line in lines[1:]] == [
        ["greet", "idle"],
        ["stumble", "idle"],
    ]


def test_list_speaks_json_to_programs():
    jobs = json.loads(cronmgmt("list", "--json"))["jobs"]

    assert [job["name"] for job in jobs] == ["greet", "stumble"]


@pytest.mark.part("0.9")
@pytest.mark.django_db(transaction=True)
def test_run_runs_a_job_in_the_foreground(capsys):
    out = cronmgmt("run", "greet", "--set", "name=Anna")

    assert "greet succeeded" in out
    assert "Hello, Anna!" in capsys.readouterr().out
    assert JobRun.objects.get().result == {"greeted": "Anna"}


@pytest.mark.part("0.9")
@pytest.mark.django_db(transaction=True)
def test_run_fails_with_the_job():
    with pytest.raises(CommandError, match="stumble failed: ValueError: no rows today"):
        cronmgmt("run", "stumble")

    assert JobRun.objects.get().status == Status.FAILED


@pytest.mark.django_db(transaction=True)
def test_run_prints_the_result_as_json_for_programs():
    result = json.loads(cronmgmt("run", "greet", "--json"))

    assert (result["status"], result["result"]) == ("succeeded", {"greeted": "you"})


def test_trigger_queues_a_run_and_keeps_the_reason_on_record():
    out = cronmgmt("trigger", "greet", "--reason", "the first had a typo")

    run = JobRun.objects.get()
    assert str(run.execution_id) in out
    assert run.status == Status.QUEUED
    record = Activity.objects.get(action="trigger")
    assert (record.source, record.reason) == ("command", "the first had a typo")


def test_a_job_is_switched_off_until_a_date_and_on_again():
    out = cronmgmt("disable", "greet", "--until", "2099-01-01", "--reason", "holidays")
    job = ScheduledJob.objects.get(name="greet")

    assert "off until 2099-01-01 00:00:00\n" in out  # Midnight in Amsterdam.
    assert (job.enabled, job.off_reason) == (False, "holidays")
    assert "greet is on" in cronmgmt("enable", "greet")


def test_a_run_that_waits_is_cancelled():
    cronmgmt("trigger", "greet")
    run = JobRun.objects.get()

    assert "is cancelled" in cronmgmt("cancel", str(run.execution_id))
    assert JobRun.objects.get().status == Status.CANCELLED


def test_status_says_that_nobody_is_there():
    assert "start manage.py qcluster" in cronmgmt("status")


def test_status_lists_nodes_and_what_waits(clock):
    Node.objects.create(
        name="host:1:a",
        instance="host",
        pid=1,
        version="1",
        workers=2,
        started_at=clock.time,
        seen_at=clock.time - timedelta(seconds=3),
        scheduling_since=clock.time,
    )
    cronmgmt("trigger", "greet")

    out = cronmgmt("status")

    assert "host:1:a" in out
    assert "1 runs wait on queue default" in out
    assert "start manage.py qcluster" not in out


def test_apply_and_prune_say_what_they_did():
    assert "0 runs deleted" in cronmgmt("prune")
    cronmgmt("apply")
    assert cronmgmt("apply").startswith("0 created, 0 changed, 0 retired")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["run", "ghost"], "There is no job 'ghost'"),
        (["trigger", "ghost"], "There is no job 'ghost'"),
        (["enable", "ghost"], "There is no job 'ghost'"),
        (["cancel", "x"], "'x' is not an execution id"),
        (["cancel", "00000000-0000-0000-0000-000000000000"], "There is no run"),
        (["disable", "greet", "--until", "soon"], "write 2026-03-01T10:00"),
        (["disable", "greet", "--until", "2001-01-01"], "has passed already"),
        (["trigger", "greet", "--params", "[1]"], "a JSON object is wanted"),
        (["trigger", "greet", "--params", "{"], "not JSON"),
        (["dance"], "invalid choice"),
    ],
)
def test_what_cannot_be_done_says_why(words, complaint):
    with pytest.raises(CommandError, match=complaint):
        cronmgmt(*words)


def test_a_table_shows_zero_and_leaves_the_unknown_empty():
    ScheduledJob.objects.filter(name="greet").update(last_duration=0.0)

    headings, greet, stumble = cronmgmt("list").splitlines()

    seconds = slice(headings.index("SECONDS"), headings.index("ERROR"))
    assert greet[seconds].strip() == "0.0"
    assert stumble[seconds].strip() == ""


def test_list_shows_retired_jobs_when_asked_to():
    call_command("cronmgmt", "list", stdout=StringIO())
    ScheduledJob.objects.filter(name="greet").update(retired_at="2026-01-01T00:00Z")

    assert "greet" not in cronmgmt("list")
    assert "greet" in cronmgmt("list", "--retired")


def test_a_running_run_is_being_interrupted(make_run):
    run = make_run(status=Status.RUNNING)

    assert "is being interrupted" in cronmgmt("cancel", str(run.execution_id))


def test_a_trigger_names_the_run_that_is_in_the_way():
    cronmgmt("trigger", "greet")

    with pytest.raises(CommandError, match="do not overlap"):
        cronmgmt("trigger", "greet")


def test_status_speaks_json_to_programs():
    cronmgmt("trigger", "greet")

    told = json.loads(cronmgmt("status", "--json"))

    assert "No node" in told.pop("troubles")[0]
    assert told == {
        "nodes": [],
        "backlog": {"default": 1},
        "parked": 0,
        "enabled": True,
        "pauses": [],
    }


def test_status_counts_what_waits_for_a_lock(make_run):
    make_run(status=Status.WAITING, waits_for="k" * 64)

    assert "1 runs wait for a lock" in cronmgmt("status")


def test_status_says_that_nothing_runs_here(settings):
    settings.CRONMGMT = {"ENABLED": False}

    assert "Nothing runs here" in cronmgmt("status")


def test_status_says_that_nobody_schedules(clock):
    Node.objects.create(
        name="host:1:a", pid=1, started_at=clock.time, seen_at=clock.time
    )

    assert "No node schedules" in cronmgmt("status")


@pytest.fixture
def old_runs(clock, make_job, make_run, settings):
    """Runs that are past their retention: of a job, and without one."""
    settings.CRONMGMT = {"KEEP_LAST": 0}
    old = clock.time - timedelta(days=1000)
    for job in (make_job(), None):
        make_run(job, Status.SUCCEEDED, finished_at=old)
        make_run(job, Status.FAILED, finished_at=old)


def test_prune_shows_first_what_it_would_delete(old_runs):
    shown = cronmgmt("prune", "--dry-run")

    assert [line.split() for line in shown.splitlines()[:3]] == [
        ["job", "runs", "failed"],
        ["(no", "job)", "2", "1"],
        ["job", "2", "1"],
    ]
    assert "4 runs would be deleted" in shown
    assert JobRun.objects.count() == 4
    assert "4 runs deleted" in cronmgmt("prune")
    assert not JobRun.objects.exists()


def test_prune_tells_programs(old_runs):
    assert json.loads(cronmgmt("prune", "--dry-run", "--json")) == {
        "deleted": 4,
        "dryRun": True,
        "withoutJob": 2,
        "runs": {"job": 2},
        "failures": 2,
        "rest": {"gaps": 0, "nodes": 0, "activity": 0, "answers": 0},
    }


def test_apply_fails_with_the_jobs_that_cannot_be_written(monkeypatch):
    declaration = registry.Declaration("t:wrong", "t:cli:greet", {"timeout": 30})
    monkeypatch.setattr(registry, "_declarations", {"t:wrong": declaration})

    with pytest.raises(CommandError, match="t:wrong: .*timeout"):
        cronmgmt("apply")


# Off for a while.


def test_everything_is_switched_off_and_on(clock):
    job = ScheduledJob.objects.get(name="greet")

    said = cronmgmt(
        "disable", "--all", "--until", "2026-06-05T00:00Z", "--reason", "moving"
    )
    job.refresh_from_db()
    assert "Everything is off until 2026-06-05 00:00 UTC" in said
    assert job.next_run_at == datetime(2026, 6, 5, 6, tzinfo=UTC)
    assert "Everything is off" in cronmgmt("status")
    assert json.loads(cronmgmt("status", "--json"))["pauses"]

    assert "Everything is on" in cronmgmt("enable", "--all")
    job.refresh_from_db()
    assert job.next_run_at == datetime(2026, 6, 2, 6, tzinfo=UTC)
    assert "Everything" not in cronmgmt("status")


def test_the_jobs_of_a_tag_are_switched_off_and_on():
    assert "tag billing are off" in cronmgmt("disable", "--tag", "billing")
    assert "tag billing are on" in cronmgmt("enable", "--tag", "billing")


@pytest.mark.parametrize("verb", ["enable", "disable"])
@pytest.mark.parametrize("whom", [[], ["job", "--all"], ["--tag", ""]])
def test_whom_must_be_clear(verb, whom):
    with pytest.raises(CommandError, match="Give one of them"):
        cronmgmt(verb, *whom)


# What became of an occurrence.


def test_why_says_what_became_of_an_occurrence(clock):
    ScheduledJob.objects.get(name="greet").save()

    said = cronmgmt("why", "greet", "--at", "2026-06-02T06:10Z")

    assert said == (
        "greet, 2026-06-02 06:00:00 UTC: It is not due yet: it will run at "
        "2026-06-02 06:00:00 UTC.\n"
    )


def test_why_names_the_run():
    run = JobRun.objects.create(
        job=ScheduledJob.objects.get(name="greet"),
        job_name="greet",
        status=Status.SKIPPED,
        reason="Skipped: x.",
        scheduled_for=datetime(2026, 6, 1, 6, tzinfo=UTC),
        available_at=datetime(2026, 6, 1, 6, tzinfo=UTC),
        created_at=datetime(2026, 6, 1, 6, tzinfo=UTC),
    )

    said = cronmgmt("why", "greet", "--at", "2026-06-01T06:00Z")
    told = json.loads(cronmgmt("why", "greet", "--at", "2026-06-01T06:00Z", "--json"))

    assert f"run {run.execution_id}: skipped" in said
    assert (told["outcome"], told["executionId"]) == ("skipped", str(run.execution_id))


def test_why_of_a_job_that_there_is_not():
    with pytest.raises(CommandError, match="There is no job"):
        cronmgmt("why", "nobody")


@pytest.mark.parametrize("option", ["--target", "--agency"])
def test_a_target_is_refused_where_there_are_none(option):
    for verb in ("run", "trigger"):
        with pytest.raises(CommandError, match="greet does not run over targets"):
            cronmgmt(verb, "greet", option, "local_main")


@pytest.mark.part("3.3")
def test_one_target_is_run_or_queued(monkeypatch):
    greet = registry.find("t:cli:greet")
    over = replace(greet, targets=["local_main", "other"])
    monkeypatch.setitem(registry._handlers, "t:cli:greet", over)

    said = cronmgmt("run", "greet", "--agency=local_main")
    cronmgmt("trigger", "greet", "--target", "other")

    assert "greet succeeded" in said
    assert re.search(r"local_main +succeeded +0.* 1 of 1", cronmgmt("show", "greet"))
    assert set(JobRun.objects.values_list("target", "status")) == {
        ("local_main", "succeeded"),
        ("other", "queued"),
    }
