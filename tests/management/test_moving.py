"""``import --from``: all or what can be, and what is wrong with a file."""

from __future__ import annotations

import json

import pytest

from cronmgmt.management.verbs.exits import Exit
from cronmgmt.models import Activity, ScheduledJob

pytestmark = pytest.mark.django_db

CRONTAB = "@daily greet\n61 * * * * greet\n@daily other\n@hourly tidy\n"


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write


@pytest.fixture
def files(write):
    handlers = {"greet": "t:greet", "tidy": None}
    return [write("crontab", CRONTAB), "--handlers", write("map.json", handlers)]


def test_nothing_is_written_while_something_is_refused(shell, files):
    answer = shell("import", "--from", "crontab", *files)

    assert answer.status == Exit.FAILED
    assert "line 2: cron: minute: use 0 to 59" in answer.err
    assert "line 3: handler: the mapping has no line for 'other'" in answer.err
    assert "2 refused. Nothing was written." in answer.err
    assert "1 carried, 2 refused, 1 left out" in answer.out
    assert not ScheduledJob.objects.exists() and not Activity.objects.exists()


def test_what_can_be_carried_is_written_when_that_is_chosen(shell, files):
    answer = shell("import", "--from", "crontab", *files, "--partial", "--json")

    assert answer.status == Exit.FAILED
    assert (answer.json["carried"], answer.json["leftOut"]) == (["t:greet"], ["line 4"])
    assert [each["name"] for each in answer.json["refused"]] == ["line 3", "line 2"]
    assert ScheduledJob.objects.get().timezone == "Europe/Amsterdam"


def test_it_is_safe_to_repeat(shell, write):
    file = write("crontab", "@daily t:greet\n")

    first = shell("import", "--from", "crontab", file, "--timezone", "Asia/Tokyo")
    second = shell("import", "--from", "crontab", file, "--timezone", "Asia/Tokyo")

    assert (first.status, second.status) == (Exit.DONE, Exit.DONE)
    assert "0 created, 0 changed, 0 retired, 1 unchanged" in second.out
    assert ScheduledJob.objects.get().timezone == "Asia/Tokyo"


def test_a_systems_crontab(shell, write):
    file = write("crontab", "17 * * * * root t:greet\n")

    answer = shell("import", "--from", "crontab", file, "--system")

    assert answer.status == Exit.DONE
    assert "Note: Users are not carried" in answer.out


@pytest.mark.parametrize(
    ("words", "content", "complaint"),
    [
        (["--from", "celery-beat"], "{", "schedules: The file is no JSON"),
        (["--from", "django-q2"], {"jobs": {}}, "it with manage.py dumpdata django_q"),
        (["--from", "django-q2"], [5], "5 is no row"),
        (["--from", "crontab", "--timezone", "Mars"], "@daily t:greet", "Mars"),
        (["--from", "crontab", "--handlers", "none.json"], "", "none.json cannot be"),
        (["--from", "django-q2", "--timezone", "Mars"], [], "Mars"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(shell, write, words, content, complaint):
    answer = shell("import", *words, write("schedules", content))

    assert answer.status == Exit.FAILED and complaint in answer.err
    assert not ScheduledJob.objects.exists()


@pytest.mark.parametrize(
    ("mapping", "complaint"),
    [
        ("{", "map.json: The file is no JSON"),
        ([], "map.json: A mapping is an object"),
        ({"x": {"handler": "y", "quue": "z"}}, "Did you mean queue"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_why(shell, write, mapping, complaint):
    file, handlers = write("crontab", "@daily x"), write("map.json", mapping)

    answer = shell("import", "--from", "crontab", file, "--handlers", handlers)

    assert answer.status == Exit.FAILED and complaint in answer.err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ([], "Give a file, or --from another system"),
        (["--from", "crontab"], "Give the crontab's file"),
        (["--from", "celery-beat"], "django_celery_beat is not installed here"),
    ],
)
def test_without_a_file_it_says_what_is_missing(shell, words, complaint):
    answer = shell("import", *words)

    assert answer.status == Exit.FAILED and complaint in answer.err


def test_schedules_of_this_site_need_no_file(shell):
    assert "0 carried" in shell("import", "--from", "django-q2").out
