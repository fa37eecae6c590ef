"""``plan``, ``apply``, ``export`` and ``import``: jobs in files, reviewed and repeated."""

from __future__ import annotations

import io
import json

import pytest
from django.contrib.auth.models import Group

from cronmgmt import registry
from cronmgmt.engine import actions
from cronmgmt.engine.actions import CODE, Actor
from cronmgmt.management.verbs.exits import Exit
from cronmgmt.models import Activity, Calendar, ScheduledJob

pytestmark = pytest.mark.django_db

REPORT = {"handler": "t:greet", "cron": "0 6 * * *", "timeout": "5m"}
ANNA = Actor("anna", "admin")


def declared(run):
    """Do what the code declares."""


@pytest.fixture(autouse=True)
def nothing_is_declared(monkeypatch):
    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))
    monkeypatch.setattr(registry, "_declarations", {})


@pytest.fixture
def declare():
    def declare(name="sync", **fields):
        registry.forget(name)
        registry.job(name, **{"cron": "15 7 * * *", **fields})(declared)

    return declare


@pytest.fixture
def write(tmp_path):
    """Write a file of jobs and return its name."""

    def write(jobs=None, name="jobs.json", **parts):
        path = tmp_path / name
        path.write_text(json.dumps({"jobs": jobs or {}, **parts}))
        return path

    return write


def change(name, actor=ANNA, **fields):
    job = ScheduledJob.objects.get(name=name)
    for field, value in fields.items():
        setattr(job, field, value)
    actions.save_job(job, actor)


def rows():
    return list(ScheduledJob.objects.order_by("name").values())


# Plan and apply.


def test_a_plan_shows_what_is_missing_and_writes_nothing(shell, declare, write, clock):
    declare()

    answer = shell("plan", write({"report": REPORT}))

    assert "+ report\n" in answer.out and "+ sync\n" in answer.out
    assert "cron: 0 6 * * *" in answer.out and "timeout: 5m" in answer.out
    assert answer.out.endswith("2 created, 0 changed, 0 retired, 0 unchanged\n")
    assert not ScheduledJob.objects.exists() and not Activity.objects.exists()


def test_apply_does_what_the_plan_showed_once(shell, declare, write, clock):
    declare()
    file = write({"report": REPORT})

    planned = shell("plan", file).out
    applied = shell("apply", file).out
    again = shell("apply", file).out

    assert applied == planned
    assert again == "0 created, 0 changed, 0 retired, 2 unchanged\n"
    assert [job["name"] for job in rows()] == ["report", "sync"]


def test_what_apply_changes_of_the_code_is_on_record(shell, declare, clock):
    declare()
    shell("apply")
    declare(cron="0 8 * * *")
    shell("apply")

    record = Activity.objects.latest("id")
    assert (record.action, record.source, record.job_name) == (
        "edit",
        "command",
        "sync",
    )
    assert record.before == {"schedule_expression": "15 7 * * *"}
    assert record.after == {"schedule_expression": "0 8 * * *"}


def test_a_plan_names_the_field_and_who_changed_the_job_last(shell, write, clock):
    shell("import", write({"report": REPORT}))
    change("report", timeout=None, owner="anna")

    answer = shell("plan", write({"report": REPORT}))

    assert "~ report  (last changed by anna, 2026-06-01T12:00)" in answer.out
    assert "timeout: nothing -> 5m" in answer.out
    assert "owner: anna -> nothing" in answer.out


def test_what_a_person_changed_of_the_code_is_kept_and_marked(shell, declare, clock):
    declare(owner="data")
    shell("apply")
    change("sync", owner="anna's team")
    declare(owner="reports", cron="0 8 * * *")

    answer = shell("plan")
    step = shell("plan", "--json").json["steps"][0]

    assert "cron: 15 7 * * * -> 0 8 * * *" in answer.out
    assert "owner: anna's team is kept, changed by anna; the code says data" in (
        shell("plan").out.replace("says reports", "says data")
    )
    assert step["kept"]["owner"]["by"] == "anna"
    assert step["action"] == "change"


def test_a_change_that_is_kept_is_no_difference(shell, declare, clock):
    declare(owner="data")
    shell("apply")
    change("sync", owner="anna")

    answer = shell("plan", "--check")

    assert answer.status == Exit.DONE
    assert "owner: anna is kept, changed by anna; the code says data" in answer.out


@pytest.mark.parametrize("verb", ["plan", "apply"])
def test_check_tells_a_pipeline_by_its_exit_status(shell, write, verb):
    file = write({"report": REPORT})

    differs = shell(verb, file, "--check")
    shell("apply", file)
    equal = shell(verb, file, "--check")

    assert (differs.status, equal.status) == (Exit.DIFFERS, Exit.DONE)
    assert "differs" in differs.err


def test_apply_check_writes_nothing(shell, write):
    shell("apply", write({"report": REPORT}), "--check")

    assert not ScheduledJob.objects.exists()


def test_prune_retires_what_is_nowhere(shell, declare, write, make_job):
    declare()
    make_job("stray")
    file = write({"report": REPORT})

    planned = shell("plan", file, "--prune").out
    shell("apply", file, "--prune")

    assert "- stray" in planned
    in_service = ScheduledJob.objects.filter(retired_at=None)
    assert set(in_service.values_list("name", flat=True)) == {"report", "sync"}
    record = Activity.objects.get(job_name="stray")
    assert (record.action, record.reason) == ("retire", "It is in no file or code.")


def test_without_prune_other_jobs_stay(shell, write, make_job):
    make_job("stray")

    shell("apply", write({"report": REPORT}))

    assert ScheduledJob.objects.get(name="stray").retired_at is None


def test_a_job_of_the_code_is_as_its_file_says(shell, declare, write, clock):
    declare(owner="data")
    file = write({"sync": {**REPORT, "owner": "file"}})

    shell("apply", file)
    again = shell("apply", file).out

    assert "0 created, 0 changed" in again
    assert ScheduledJob.objects.get(name="sync").owner == "file"


def test_a_job_in_two_files_is_refused(shell, write):
    one = write({"report": REPORT}, "one.json")
    two = write({"report": REPORT}, "two.json")

    answer = shell("plan", one, two)

    assert answer.status == Exit.FAILED
    assert "report is in two files" in answer.err


def test_a_wrong_declaration_is_refused_and_named(shell, declare, monkeypatch):
    declare()
    wrong = registry.Declaration("wrong", "t:greet", {"timeout": 30})
    known = {**registry._declarations, "wrong": wrong}
    monkeypatch.setattr(registry, "_declarations", known)

    answer = shell("apply")
    assert answer.status == Exit.FAILED
    assert "wrong: " in answer.err and "timeout" in answer.err
    assert not ScheduledJob.objects.exists()

    assert "The others were written" in shell("apply", "--partial").err
    assert ScheduledJob.objects.get().name == "sync"


# Export and import.


def test_what_is_exported_is_imported_elsewhere(shell, make_job, tmp_path):
    actions.save_calendar("nl", actions.read_days("2026-12-25 Christmas"))
    make_job("report", handler="t:greet", calendar="nl", params={"name": "Anna"})
    make_job("off", enabled=False, off_reason="later")
    file = tmp_path / "jobs.yaml"
    shell("export", "--output", file)
    exported = file.read_text()
    ScheduledJob.objects.all().delete()
    Calendar.objects.all().delete()

    shell("import", file)

    assert shell("export", "--format", "yaml").out == exported
    report = ScheduledJob.objects.get(name="report")
    assert report.closed_days == [["2026-12-25", "Holiday: Christmas"]]
    off = ScheduledJob.objects.get(name="off")
    assert (off.enabled, bool(off.off_by), off.next_run_at) == (False, True, None)


def test_named_jobs_are_exported_with_their_calendars(shell, make_job):
    for name in ("nl", "be"):
        actions.save_calendar(name, [])
    make_job("a", calendar="nl")
    make_job("b")

    told = shell("export", "a").json

    assert list(told["jobs"]) == ["a"] and list(told["calendars"]) == ["nl"]


def test_retired_jobs_are_exported_when_asked_for(shell, make_job, now):
    make_job("gone", retired_at=now)

    assert shell("export").json["jobs"] == {}
    assert list(shell("export", "--retired").json["jobs"]) == ["gone"]


def test_an_import_is_safe_to_repeat_and_on_record(shell, write, clock):
    file = write({"report": REPORT})

    first = shell("import", file, "--reason", "moved here").out
    before = rows()
    second = shell("import", file).out

    assert first.startswith("+ report\n")
    assert second == "0 created, 0 changed, 0 retired, 1 unchanged\n"
    assert rows() == before
    record = Activity.objects.get()
    assert (record.action, record.source, record.reason) == (
        "create",
        "command",
        "moved here",
    )


def test_what_an_entry_leaves_out_has_its_default(shell, write, make_job):
    make_job("report", owner="data", timeout=None, priority=5)

    shell("import", write({"report": REPORT}))

    job = ScheduledJob.objects.get()
    assert (job.owner, job.priority, str(job.timeout)) == ("", 20, "0:05:00")


def test_a_job_that_is_off_stays_off_unless_the_entry_says_more(shell, write, make_job):
    make_job("report", handler="t:greet")
    actions.switch_off("report", CODE, reason="broken")

    shell("import", write({"report": REPORT}))
    assert ScheduledJob.objects.get().enabled is False

    shell("import", write({"report": {**REPORT, "enabled": True}}))
    assert ScheduledJob.objects.get().enabled is True

    until = {"enabled": False, "off_until": "2099-01-01T00:00:00+00:00"}
    shell("import", write({"report": {**REPORT, **until, "off_reason": "x"}}))
    job = ScheduledJob.objects.get()
    assert (job.enabled, job.off_until.year, job.off_reason) == (False, 2099, "x")


def test_a_retired_job_returns(shell, write, make_job, now):
    make_job("report", handler="t:greet", retired_at=now, declared={"owner": '"x"'})

    answer = shell("import", write({"report": REPORT}))

    job = ScheduledJob.objects.get()
    assert "retired: True -> nothing" in answer.out
    assert (job.retired_at, job.declared) == (None, {})


def test_a_restriction_is_exported_and_only_changed_where_it_is_named(shell, write):
    shell("import", write({"report": {**REPORT, "access": {"data": "act"}}}))

    again = shell("import", write({"report": REPORT})).out
    assert "1 unchanged" in again
    assert shell("export").json["jobs"]["report"]["access"] == {"data": "act"}

    opened = shell("import", write({"report": {**REPORT, "access": {}}})).out
    assert "access: {'data': 'act'} -> nothing" in opened
    assert "access" not in shell("export").json["jobs"]["report"]


def test_a_group_that_there_is_not_has_a_line_of_its_own(shell, write):
    Group.objects.create(name="audit")
    access = {"data": "act", "audit": "see"}

    planned = shell("plan", write({"report": {**REPORT, "access": access}})).out

    assert "! report: access: there is no group data; make it" in planned
    assert "audit;" not in planned


def test_what_the_code_restricts_is_in_the_plan(shell, declare):
    declare("sync")
    shell("apply")
    declare("sync", access={"data": "act"})

    assert "access: nothing -> {'data': 'act'}" in shell("plan").out


@pytest.mark.parametrize("access", [5, ["data"], {"data": "everything"}, {"": "see"}])
def test_a_restriction_that_means_nothing_is_refused(shell, write, access):
    answer = shell("import", write({"report": {**REPORT, "access": access}}))

    assert answer.status == Exit.FAILED and "report: access: " in answer.err
    assert not ScheduledJob.objects.exists()


BAD = {"report": REPORT, "wrong": {**REPORT, "timeout": 5}, "UPPER": REPORT}


def test_all_or_nothing_is_written(shell, write):
    answer = shell("import", write(BAD))

    assert answer.status == Exit.FAILED
    assert "wrong: timeout: write a duration" in answer.err
    assert "UPPER: name: use a-z" in answer.err
    assert "2 refused. Nothing was written." in answer.err
    assert not ScheduledJob.objects.exists()


def test_what_is_good_can_be_chosen(shell, write):
    answer = shell("import", write(BAD), "--partial", "--json")

    assert answer.status == Exit.FAILED
    assert [each["name"] for each in answer.json["refused"]] == ["UPPER", "wrong"]
    assert ScheduledJob.objects.get().name == "report"


def test_a_dry_run_says_it_all_and_writes_nothing(shell, write, make_job):
    make_job("report")
    before = rows()

    answer = shell("import", write({"report": REPORT, "new": REPORT}), "--dry-run")

    assert "~ report" in answer.out and "+ new" in answer.out
    assert rows() == before


@pytest.mark.parametrize(
    ("calendar", "complaint"),
    [
        ({"days": ["Christmas"]}, "is no line of a calendar"),
        ({"days": "2026-12-25"}, "write a list"),
        ({"days": [5]}, "write a list"),
        ({"dates": []}, "nl: dates: there is no such field"),
        ({"description": 5}, "nl: description: write text"),
    ],
)
def test_a_calendar_that_cannot_be_read_is_refused(shell, write, calendar, complaint):
    answer = shell("import", write(calendars={"nl": calendar}))

    assert answer.status == Exit.FAILED and complaint in answer.err
    assert not Calendar.objects.exists()


def test_a_calendar_is_changed_with_its_jobs(shell, write, make_job):
    actions.save_calendar("nl", [])
    make_job("report", handler="t:greet", calendar="nl")
    nl = {"description": "Dutch", "days": ["2026-12-25 Christmas", "2026-12-31"]}

    first = shell("import", write(calendars={"nl": nl})).out
    again = shell("import", write(calendars={"nl": nl})).out

    assert "~ calendar nl" in first and "2 unchanged" in again
    assert len(ScheduledJob.objects.get().closed_days) == 2
    assert Calendar.objects.get().description == "Dutch"


@pytest.mark.parametrize("verb", ["import", "plan", "apply"])
@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"{", "jobs.json: The file is no JSON"),
        (b"\xff\xfe", "it is not UTF-8"),
        (b"[]", "A file of jobs is an object"),
        (b'{"jobs": {"a": {"handlr": "x"}}}', "Did you mean handler"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_bad_file_is_refused(shell, tmp_path, verb, content, complaint):
    file = tmp_path / "jobs.json"
    if content is not None:
        file.write_bytes(content)

    answer = shell(verb, file)

    assert answer.status == Exit.FAILED and complaint in answer.err
    assert not ScheduledJob.objects.exists()


def test_an_export_that_cannot_be_written_says_so(shell, tmp_path, make_job):
    answer = shell("export", "--output", tmp_path / "no" / "jobs.json")

    assert (answer.status, "cannot be written" in answer.err) == (Exit.FAILED, True)
    assert "no job 'nobody'" in shell("export", "nobody").err


def test_a_file_comes_by_standard_input_too(shell, monkeypatch, write):
    written = write({"report": REPORT}).read_text()
    monkeypatch.setattr("sys.stdin", io.StringIO(written))

    assert "+ report" in shell("import", "-").out


# Show.


def test_show_says_all_of_a_job(shell, declare, make_run, clock):
    declare(owner="data")
    shell("apply")
    change("sync", owner="anna")
    make_run(ScheduledJob.objects.get(), "failed", error_message="no rows")

    said = shell("show", "sync").out
    told = shell("show", "sync", "--json").json

    assert "sync: idle, on" in said and "cron: 15 7 * * *" in said
    assert "owner was changed by anna; the code says data" in said
    assert "Next: 2026-06-02 09:15:00\n" in said and "no rows" in said
    assert told["fields"]["owner"] == "anna"
    assert (len(told["next"]), told["latest"][0]["status"]) == (5, "failed")


def test_show_of_a_job_that_there_is_not(shell):
    assert shell("show", "nobody").status == Exit.FAILED
