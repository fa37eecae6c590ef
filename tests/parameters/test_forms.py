"""A handler's parameters as typed fields of a form."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import pytest
from django import forms

from cronmgmt.parameters import Secret
from cronmgmt.parameters.forms import PREFIX, collected, form_fields


def handler(
    run,
    limit: int,
    mode: Literal["fast", "slow"] = "fast",
    day: date | None = None,
    amount: Decimal = Decimal("1.5"),
    deep: bool = False,
    regions: list[int] = [],  # noqa: B006
    token: Secret[str] | None = None,
    options: dict = {},  # noqa: B006
):
    """Take one of most kinds."""


def bound(**data):
    form = forms.Form({f"{PREFIX}{name}": value for name, value in data.items()})
    form.fields.update(form_fields(handler))
    return form


def test_what_is_typed_becomes_the_json_of_the_parameters():
    form = bound(
        limit="5",
        mode='"slow"',
        day="2026-03-01",
        amount="12.50",
        deep="on",
        regions="1\n2\n",
        token="env:TOKEN",
        options='{"a": 1}',
    )

    assert form.is_valid(), form.errors
    assert collected(handler, form.cleaned_data) == {
        "limit": 5,
        "mode": "slow",
        "day": "2026-03-01",
        "amount": "12.50",
        "deep": True,
        "regions": [1, 2],
        "token": "env:TOKEN",
        "options": {"a": 1},
    }


def test_what_is_left_empty_is_left_to_the_handlers_defaults():
    form = bound(limit="5")

    assert form.is_valid(), form.errors
    assert collected(handler, form.cleaned_data) == {"limit": 5, "deep": False}


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("limit", "five", "whole number"),
        ("limit", "", "required"),
        ("mode", "medium", "valid choice"),
        ("day", "1 March", "valid date"),
        ("regions", "1\nx", "Each line must be a whole number"),
        ("token", "hunter2", "never the secret itself"),
        ("options", "{", "valid JSON"),
    ],
)
def test_a_complaint_stands_at_its_field(name, text, complaint):
    form = bound(**{"limit": "5", name: text})

    assert not form.is_valid()
    assert complaint in str(form.errors[f"{PREFIX}{name}"])


@pytest.mark.parametrize(
    ("held", "typed", "changed"),
    [
        ([1, 2], "1\r\n2", False),
        ([1, 2], " 1\n\n2\n", False),
        ([1, 2], "2\n1", True),
        ([1, 2], "", True),
        ([1, 2], None, True),
        ([], "", False),
        ([], "1", True),
        (["x"], "x", False),  # Broken by hand, and left as it is.
    ],
)
def test_a_list_counts_as_changed_when_its_lines_are_others(held, typed, changed):
    field = form_fields(handler, {"regions": held})["param_regions"]

    assert field.has_changed(field.initial, typed) is changed


def test_what_may_be_a_secret_itself_is_not_shown():
    shown = {
        token: form_fields(handler, {"token": token})["param_token"].initial
        for token in ("env:TOKEN", "hunter2")
    }

    assert shown == {"env:TOKEN": "env:TOKEN", "hunter2": None}


def test_the_fields_show_what_the_job_holds():
    fields = form_fields(handler, {"limit": 7, "mode": "slow", "day": "2026-03-01"})

    assert fields["param_limit"].initial == 7
    assert fields["param_mode"].initial == '"slow"'
    assert fields["param_day"].initial == date(2026, 3, 1)
    assert fields["param_amount"].initial == Decimal("1.5")
    assert fields["param_limit"].required
    assert not fields["param_mode"].required
