"""The file that says which handler takes the place of what."""

from __future__ import annotations

import pytest

from cronmgmt.engine.foreign.mapping import Place, read_handlers
from cronmgmt.errors import Refused


def test_a_name_comes_before_patterns_and_patterns_in_their_order():
    handlers = read_handlers({"app.*": "any", "*.sync": "other", "app.sync": "sync"})

    assert handlers.find("app.sync").handler == "sync"
    assert handlers.find("app.send").handler == "any"
    assert handlers.find("lib.sync").handler == "other"


def test_a_registered_handler_needs_no_line():
    assert read_handlers({}).find("t:greet") == Place("t:greet")
    assert read_handlers({"t:greet": None}).find("t:greet") == Place()
    assert read_handlers({}).find("t:unknown") is None


def test_a_line_may_say_more():
    line = {"handler": "x", "name": "n", "args": ["a"], "drop": ["hook"], "queue": "q"}

    place = read_handlers({"f": line}).find("f")

    assert place == Place("x", "n", ("a",), frozenset(["hook"]), {"queue": "q"})


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ([], "A mapping is an object"),
        ({"f": 5}, "f: write a handler's name, null"),
        ({"f": {}}, 'with "handler"'),
        ({"f": {"handler": 5}}, 'with "handler"'),
        ({"f": {"handler": "x", "quue": "q"}}, "no field 'quue'. Did you mean queue"),
        ({"f": {"handler": "x", "drp": []}}, "Did you mean drop"),
        ({"f": {"handler": "x", "args": "a"}}, "args: write a list of words"),
        ({"f": {"handler": "x", "drop": [1]}}, "drop: write a list of words"),
        ({"f": {"handler": "x", "name": 5}}, "name: write text"),
    ],
)
def test_what_cannot_be_meant_is_refused(data, complaint):
    with pytest.raises(Refused, match=complaint):
        read_handlers(data)
