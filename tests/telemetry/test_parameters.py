"""What is shown of parameters: no secret, wherever it stands."""

from __future__ import annotations

import pytest

from cronmgmt import queries, registry
from cronmgmt.parameters import Secret
from cronmgmt.telemetry.redaction import MASK


@pytest.fixture(autouse=True)
def _handler(monkeypatch):
    def push(run, token: Secret[str], rows: int = 1):
        """Do nothing."""

    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))
    registry.add_handler("t:push", push)


@pytest.mark.parametrize(
    ("params", "shown"),
    [
        ({"token": "env:API_TOKEN", "rows": 3}, {"token": "env:API_TOKEN", "rows": 3}),
        ({"token": "hunter2hunter2"}, {"token": MASK}),
        ({"mail": {"password": "hunter2"}}, {"mail": {"password": MASK}}),
        (["by hand"], ["by hand"]),
        ({}, {}),
    ],
)
def test_a_reference_is_shown_and_a_secret_is_not(params, shown):
    assert queries.shown_parameters("t:push", params) == shown


def test_of_an_unknown_handler_what_looks_secret_is_masked():
    shown = queries.shown_parameters("elsewhere", {"api_key": "abcdef", "a": 1})

    assert shown == {"api_key": MASK, "a": 1}
