"""Arguments kept as text are read as values; nothing in them is executed."""

from __future__ import annotations

import pytest

from cronmgmt.engine.foreign.arguments import (
    json_args,
    json_object,
    literal_args,
    literal_kwargs,
)
from cronmgmt.engine.foreign.moving import CannotCarry


@pytest.mark.parametrize(
    ("text", "args"),
    [
        (None, []),
        ("  ", []),
        ("1", [1]),
        ("1, 'two', [3]", [1, "two", [3]]),
        ("('a',)", ["a"]),
        ("[1, 2]", [[1, 2]]),
    ],
)
def test_positional_arguments_as_django_q2_reads_them(text, args):
    assert literal_args(text) == args


@pytest.mark.parametrize(
    ("text", "kwargs"),
    [
        (None, {}),
        ("x=1, y='two'", {"x": 1, "y": "two"}),
        ("{'x': 1}", {"x": 1}),
        (" x=-1 ", {"x": -1}),
    ],
)
def test_named_arguments_as_django_q2_reads_them(text, kwargs):
    assert literal_kwargs(text) == kwargs


@pytest.mark.parametrize(
    "text",
    [
        "open('/etc/passwd')",
        "x=open('/etc/passwd')",
        "**{'x': 1}",
        "1",
        "x=1, 2",
        "x=1) or f(y=2",
        "{1: 2}",
        "x=",
        "(" * 5_000,
        "x" * 30_000,
        "x='\x00'" + "\x00",
    ],
)
def test_what_is_more_than_values_is_refused(text):
    with pytest.raises(CannotCarry, match="plain values"):
        literal_kwargs(text)


@pytest.mark.parametrize("text", ["Anna", "{}", "5", "[" * 100_000])
def test_json_that_is_no_list_is_refused(text):
    with pytest.raises(CannotCarry):
        json_args(text)


def test_json_arguments():
    assert (json_args(None), json_args('["a", 1]')) == ([], ["a", 1])
    assert json_object("kwargs", '{"a": 1}') == {"a": 1}
    with pytest.raises(CannotCarry):
        json_object("kwargs", "[]")
