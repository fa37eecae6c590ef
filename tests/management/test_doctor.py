"""``doctor``: what it prints, for people and for programs, and its exit status."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connections

from cronmgmt import doctor
from cronmgmt.doctor import Finding, Level
from cronmgmt.management.verbs import doctor as verb
from cronmgmt.management.verbs.exits import Exit
from cronmgmt.models import database

FINE = Finding("jobs", Level.OK, "Jobs: 1; none is due next.")
LATE = Finding("broker", Level.WARNING, "It does not answer.", "Start it.", "refused")
DEAD = Finding("nodes", Level.ERROR, "No node was seen.", "Start one.")


@pytest.fixture
def found(monkeypatch):
    """Let the examination find this."""

    def find(*findings):
        monkeypatch.setattr(verb, "examine", lambda: list(findings))

    return find


@pytest.mark.parametrize(
    ("findings", "status"),
    [((FINE,), Exit.DONE), ((LATE, FINE), Exit.DONE), ((DEAD, LATE), Exit.UNWELL)],
)
def test_the_exit_status_is_that_of_the_worst(shell, found, findings, status):
    found(*findings)

    for words in (["doctor"], ["doctor", "--json"]):
        answer = shell(*words)
        assert answer.status == status
        assert bool(answer.err) == (status != Exit.DONE)


def test_people_read_rows_and_programs_json(shell, found):
    found(DEAD, LATE, FINE)

    assert shell("doctor").out == (
        "error    nodes   No node was seen.\n"
        "                 -> Start one.\n"
        "warning  broker  It does not answer.\n"
        "                 refused\n"
        "                 -> Start it.\n"
        "ok       jobs    Jobs: 1; none is due next.\n"
    )
    told = shell("doctor", "--json").json
    assert told == doctor.as_json([DEAD, LATE, FINE])
    assert told["level"] == "error"
    assert told["findings"][1] == {
        "check": "broker",
        "level": "warning",
        "seen": "It does not answer.",
        "todo": "Start it.",
        "detail": "refused",
    }


@pytest.mark.django_db
def test_settings_that_end_every_other_verb_are_a_finding(shell, settings):
    settings.CRONMGMT = {"LEESE": 1}

    answer = shell("doctor")

    assert answer.status == Exit.UNWELL
    assert "cronmgmt.E002: CRONMGMT has no setting 'LEESE'." in answer.out
    assert "Did you mean LEASE?" in answer.out


@pytest.mark.django_db
def test_a_database_that_is_away_is_a_finding(shell, monkeypatch):
    def refuse(*args, **options):
        raise OperationalError("password=hunter2 refused")

    with monkeypatch.context() as away:
        away.setattr(connections[database()], "cursor", refuse)
        answer = shell("doctor")

    assert answer.status == Exit.UNWELL
    assert answer.out.startswith("error    database  The database default does not")
    assert "OperationalError: password=******** refused" in answer.out
