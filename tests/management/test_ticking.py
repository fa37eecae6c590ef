"""``process``, and what ``status`` says of ticks and to probes."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cronmgmt.models import Node

pytestmark = pytest.mark.django_db


def cronmgmt(*words):
    out = StringIO()
    call_command("cronmgmt", *words, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "instance", "alive"),
    [
        ("here:1:a", "here", True),
        ("there:1:a", "there", False),
        ("tick", "here", False),
    ],
)
def test_status_tells_a_probe_whether_the_node_here_is_alive(
    clock, settings, name, instance, alive
):
    settings.CRONMGMT = {"INSTANCE": "here"}
    fields = {"pid": 1, "started_at": clock.time, "seen_at": clock.time}
    Node.objects.create(name=name, instance=instance, **fields)

    if alive:
        assert name in cronmgmt("status", "--alive")
    else:
        with pytest.raises(CommandError, match="No node of here has reported"):
            cronmgmt("status", "--alive")


def test_status_says_that_only_ticks_come(clock):
    minutes = timedelta(minutes=2)
    fields = {"pid": 1, "started_at": clock.time, "seen_at": clock.time - minutes}
    Node.objects.create(name="tick", **fields)

    out = cronmgmt("status")

    assert "Only ticks keep this going: starts may be a minute late." in out
    assert "start manage.py qcluster" not in out


@pytest.mark.parametrize(
    "words", ["--max-runs=0", "--max-runs=x", "--seconds=0", "--seconds=901"]
)
def test_a_tick_has_limits_that_make_sense(words):
    with pytest.raises(CommandError, match="argument --"):
        cronmgmt("process", words)
