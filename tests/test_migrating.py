"""The migration guides are tried: their commands, on two hundred schedules each."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from django.core.management import call_command

from cronmgmt.engine.foreign.mapping import read_handlers
from cronmgmt.management.verbs.exits import Exit
from cronmgmt.models import ScheduledJob
from tests.engine.foreign.conftest import FIXTURES
from tests.management.conftest import shell

__all__ = ["shell"]

DOCS = Path(__file__).resolve().parent.parent / "docs"
BEAT, Q2 = "migrating-from-celery-beat.md", "migrating-from-django-q2.md"
FILES = {
    BEAT: {
        "beat.json": "celery_beat.json",
        "handlers.json": "celery_beat_handlers.json",
    },
    Q2: {
        "schedules.json": "django_q2.json",
        "handlers.json": "django_q2_handlers.json",
        "crontab.txt": "crontab",
        "commands.json": "crontab_handlers.json",
    },
}


def blocks(guide, language):
    text = (DOCS / guide).read_text()
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S)
    return [block for its, block in found if its == language]


def commands(guide):
    lines = "".join(blocks(guide, "sh")).splitlines()
    return [
        shlex.split(line)[2:] for line in lines if line.startswith("manage.py cronmgmt")
    ]


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder with the files that a guide names; the tables have its schedules."""

    def site(guide):
        for name, fixture in FILES[guide].items():
            (tmp_path / name).write_text((FIXTURES / fixture).read_text())
        if guide == Q2:
            rows = json.loads((FIXTURES / "django_q2.json").read_text())
            sound = [row for row in rows if row["fields"]["next_run"] != "soon"]
            (tmp_path / "sound.json").write_text(json.dumps(sound))
            call_command("loaddata", tmp_path / "sound.json", verbosity=0)
        monkeypatch.chdir(tmp_path)

    return site


@pytest.mark.django_db
@pytest.mark.parametrize("guide", FILES)
def test_the_commands_of_a_guide_do_what_it_says(guide, site, shell, clock):  # noqa: F811
    site(guide)

    answers = [(words, shell(*words)) for words in commands(guide)]

    assert len(answers) >= 4
    for words, answer in answers:
        refuses = "import" in words
        assert answer.status == (Exit.FAILED if refuses else Exit.DONE), answer.err
        assert ("Nothing was written" in answer.err) == ("--dry-run" in words)
    outputs = "".join(answer.out + answer.err for _, answer in answers)
    for line in "".join(blocks(guide, "")).splitlines():
        assert line in outputs
    assert ScheduledJob.objects.count() >= 175


@pytest.mark.parametrize("guide", FILES)
def test_the_mappings_of_a_guide_can_be_read(guide):
    mappings = [json.loads(block) for block in blocks(guide, "json")]

    for mapping in mappings:
        handlers = read_handlers(mapping)
        assert all(handlers.find(name) for name in mapping)
    assert mappings
