"""What is typed wrongly: an exit status, and a sentence that says what to type."""

from __future__ import annotations

import pytest

from cronmgmt.management.verbs.exits import Exit
from cronmgmt.models import Activity, JobRun

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("verb", ["show", "why", "run", "trigger", "enable", "disable"])
def test_a_job_that_is_called_alike_is_named(shell, make_job, verb):
    make_job("nightly-report")

    answer = shell(verb, "nightly-reprot")

    assert answer.status == Exit.FAILED
    assert "no job 'nightly-reprot'. Did you mean nightly-report?" in answer.err


def test_a_job_that_is_called_like_none_is_just_not_there(shell, make_job):
    make_job("nightly-report")

    assert shell("show", "xyz").err.strip().endswith("There is no job 'xyz'.")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["process", "--max-runs", "many"], "a whole number from 1 to 1000 is wanted"),
        (["process", "--max-runs", "0"], "a whole number from 1 to 1000 is wanted"),
        (["process", "--seconds", "soon"], "seconds from 1 to 900"),
        (["process", "--seconds", "nan"], "seconds from 1 to 900"),
        (["work", "--workers", "0"], "a whole number from 1 to 1000 is wanted"),
        (["work", "--workers", "-3"], "a whole number from 1 to 1000 is wanted"),
        (["work", "--queue", "no queue"], "a queue's name is made of"),
        (["work", "--queue", ""], "a queue's name is made of"),
    ],
)
def test_what_makes_no_sense_starts_nothing(shell, words, complaint):
    answer = shell(*words)

    assert answer.status == Exit.USAGE and complaint in answer.err
    assert not JobRun.objects.exists()


@pytest.mark.parametrize("option", ["--handlers=h.json", "--timezone=UTC", "--system"])
def test_an_option_for_another_system_is_not_ignored(shell, tmp_path, option):
    file = tmp_path / "jobs.json"
    file.write_text('{"jobs": {}}')

    answer = shell("import", file, option)

    assert answer.status == Exit.FAILED
    assert f"{option.partition('=')[0]}: only with --from" in answer.err
    assert not Activity.objects.exists()


def test_a_file_from_windows_is_read(shell, tmp_path):
    file = tmp_path / "jobs.json"
    file.write_bytes(b'\xef\xbb\xbf{"jobs": {"a": {"handler": "t:greet"}}}\r\n')

    assert "1 created" in shell("import", file).out


def test_a_run_is_shown_with_all_of_its_id_on_a_narrow_screen(
    shell, make_job, make_run, monkeypatch, capsys
):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    job = make_job()
    run = make_run(job, "failed", error_message="It is broken. " * 10)
    make_run(job)

    answer = shell("show", "job")

    assert str(run.execution_id) in answer.out
    assert "The latest error: It is broken. It is broken. It is" in answer.out
