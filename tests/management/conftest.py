"""A shell for the commands: real words in, exit status and both outputs out."""

from __future__ import annotations

import json
from typing import NamedTuple

import pytest
from django.core.management import base

from cronmgmt.management.commands.cronmgmt import Command


class Answer(NamedTuple):
    """What a command leaves behind."""

    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def shell(capsys, monkeypatch):
    """Type ``manage.py cronmgmt`` and these words."""
    # The command would close the connection that holds the test's transaction.
    monkeypatch.setattr(base.connections, "close_all", lambda: None)

    def shell(*words):
        status = 0
        try:
            Command().run_from_argv(["manage.py", "cronmgmt", *map(str, words)])
        except SystemExit as end:
            status = int(end.code or 0)
        printed = capsys.readouterr()
        return Answer(status, printed.out, printed.err)

    return shell
