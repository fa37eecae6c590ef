"""A signature describes what a job may hand its handler."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, Optional

import pytest
from django.utils.translation import override

from cronmgmt.errors import HandlerRefused, InvalidParameters
from cronmgmt.parameters import (
    Secret,
    check_parameters,
    describe_parameters,
    json_schema,
    python_arguments,
)


class Colour(Enum):
    RED = "#f00"
    BLUE = "#00f"


def handler(
    run,
    text: str = "",
    whole: int = 0,
    number: float = 0.0,
    flag: bool = False,
    day: date | None = None,
    moment: datetime | None = None,
    amount: Decimal = Decimal("1.50"),
    colour: Colour = Colour.RED,
    mode: Literal["fast", "slow"] = "fast",
    maybe: Optional[int] = None,  # noqa: UP045
    several: list[int] = [],  # noqa: B006
    anything: Any = None,
    free=None,
):
    """Take one parameter of each kind."""


GOOD = [
    ("text", "é", "é"),
    ("whole", 3, 3),
    ("number", 2, 2.0),
    ("flag", True, True),
    ("day", "2026-03-01", date(2026, 3, 1)),
    ("moment", "2026-03-01T10:00:00+00:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
    ("amount", "12.50", Decimal("12.50")),
    ("colour", "BLUE", Colour.BLUE),
    ("mode", "slow", "slow"),
    ("maybe", None, None),
    ("maybe", 4, 4),
    ("several", [1, 2], [1, 2]),
    ("anything", {"a": [1, None]}, {"a": [1, None]}),
    ("free", "x", "x"),
]

BAD = [
    ("text", 3, "a text"),
    ("whole", "3", "a whole number"),
    ("whole", True, "a whole number"),
    ("whole", 3.5, "a whole number"),
    ("number", "1", "a number"),
    ("number", float("nan"), "a number"),
    ("flag", 1, "true or false"),
    ("day", "1 March", "a date such as"),
    ("day", 20260301, "a date such as"),
    ("moment", "2026-03-01T10:00:00", "with its offset"),
    ("amount", 12.5, "a decimal number as text"),
    ("amount", "NaN", "a decimal number as text"),
    ("colour", "GREEN", 'one of "RED", "BLUE"'),
    ("mode", "medium", 'one of "fast", "slow"'),
    ("maybe", "4", "a whole number, or null"),
    ("several", 1, "a list, each a whole number"),
    ("several", [1, "2"], "a list, each a whole number"),
    ("anything", float("inf"), "JSON data"),
    ("free", object(), "JSON data"),
]


@pytest.mark.parametrize(("name", "value", "python"), GOOD)
def test_json_becomes_what_the_annotation_says(name, value, python):
    arguments = python_arguments(handler, {name: value}, name="h")

    assert arguments == {name: python}
    assert type(arguments[name]) is type(python)


@pytest.mark.parametrize(("name", "value", "python"), GOOD)
def test_python_values_are_stored_as_their_json(name, value, python):
    assert check_parameters(handler, {name: python}, name="h") == {name: value}


@pytest.mark.parametrize(("name", "value", "wanted"), BAD)
def test_what_does_not_fit_is_refused_by_name(name, value, wanted):
    with pytest.raises(InvalidParameters) as refusal:
        check_parameters(handler, {name: value}, name="h")

    assert f"{name!r} of h" in str(refusal.value)
    assert wanted in str(refusal.value)


def test_an_unknown_parameter_is_refused_with_the_known_ones():
    with pytest.raises(InvalidParameters, match="no parameter 'txet'.*text, whole"):
        check_parameters(handler, {"txet": "x"}, name="h")


def test_a_missing_parameter_is_named_with_what_is_wanted():
    def needs(run, limit: int):
        """Need a limit."""

    with pytest.raises(InvalidParameters, match="needs the parameter 'limit': a whole"):
        check_parameters(needs, {}, name="h")


def test_a_handler_with_keywords_of_its_own_takes_any_json():
    def loose(run, **options):
        """Take anything."""

    assert check_parameters(loose, {"a": 1}, name="h") == {"a": 1}
    with pytest.raises(InvalidParameters, match="'b' of h must be JSON"):
        check_parameters(loose, {"b": object()}, name="h")


def test_an_annotation_that_json_cannot_hold_is_refused_at_once():
    def odd(run, session: Colour | int):
        """Ask for what no row can hold."""

    with pytest.raises(HandlerRefused, match="'session' of .*odd is annotated"):
        describe_parameters(odd)


def with_secret(run, token: Secret[str], other: Secret[str] | None = None):
    """Take secrets."""


def test_a_secret_is_stored_as_its_reference_and_read_at_the_call(monkeypatch):
    monkeypatch.setenv("API_TOKEN", "s3cret")

    stored = check_parameters(with_secret, {"token": "env:API_TOKEN"}, name="h")
    token = python_arguments(with_secret, stored, name="h")["token"]

    assert stored == {"token": "env:API_TOKEN"}
    assert token.value == "s3cret"
    assert "s3cret" not in f"{token} {token!r}"


def test_a_secret_typed_in_place_of_its_name_is_not_repeated():
    with pytest.raises(InvalidParameters) as refusal:
        check_parameters(with_secret, {"token": "hunter2"}, name="h")

    assert "hunter2" not in str(refusal.value)
    assert "env:API_TOKEN" in str(refusal.value)


def test_a_secret_that_the_worker_does_not_have_is_named(monkeypatch):
    monkeypatch.delenv("API_TOKEN", raising=False)

    with pytest.raises(InvalidParameters, match="no API_TOKEN"):
        python_arguments(with_secret, {"token": "env:API_TOKEN"}, name="h")


def test_the_schema_says_the_same_as_the_checks():
    schema = json_schema(handler)

    assert schema["properties"]["whole"] == {"type": "integer", "default": 0}
    assert schema["properties"]["colour"]["enum"] == ["RED", "BLUE"]
    assert schema["properties"]["colour"]["default"] == "RED"
    assert schema["required"] == []
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("text", "3", "3"),
        ("whole", "3", 3),
        ("flag", "true", True),
        ("day", "2026-03-01", "2026-03-01"),
        ("mode", "slow", "slow"),
        ("colour", "BLUE", "BLUE"),
        ("several", "1,2", [1, 2]),
        ("several", "[1, 2]", [1, 2]),
        ("maybe", "", None),
    ],
)
def test_a_command_line_says_it_in_text(name, text, value):
    kind = describe_parameters(handler).by_name()[name].kind

    assert kind.from_text(text) == value


def test_the_run_itself_cannot_be_handed_over_as_a_parameter():
    def takes_any(run, **params):
        """Take whatever comes."""

    assert check_parameters(takes_any, {"other": 1}, name="t:any") == {"other": 1}
    with pytest.raises(InvalidParameters, match="no parameter 'run'"):
        check_parameters(takes_any, {"run": 1}, name="t:any")


def test_what_is_wrong_is_said_in_the_language_in_which_it_is_read():
    def handler(run, limit: int, when: date | None = None): ...

    with pytest.raises(InvalidParameters) as missing:
        check_parameters(handler, {}, name="handler")
    with pytest.raises(InvalidParameters) as wrong:
        check_parameters(handler, {"limit": 1, "when": "x"}, name="handler")

    assert str(missing.value).endswith("needs the parameter 'limit': a whole number.")
    with override("es"):
        assert "necesita el parámetro 'limit': un número entero." in str(missing.value)
        assert "debe ser una fecha como 2026-03-01, o null" in str(wrong.value)
