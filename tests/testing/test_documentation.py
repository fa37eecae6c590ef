"""The examples of the page on testing run, each test with the fixtures it names."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from cronmgmt.engine.declaring import apply_declarations

PAGE = Path(__file__).resolve().parents[2] / "docs" / "testing.md"
CODE = "\n\n".join(re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.M | re.S))
TESTS = re.findall(r"^def (test_\w+)", CODE, re.M)


@pytest.fixture
def page(db):
    """What the examples define, with their jobs declared as migrate does."""
    names = {"__name__": "docs_testing"}
    exec(compile(CODE, str(PAGE), "exec"), names)
    apply_declarations()
    return names


def test_there_are_examples():
    assert len(TESTS) >= 5


@pytest.mark.parametrize("name", TESTS)
def test_an_example_passes(page, name, request):
    example = page[name]
    wanted = inspect.signature(example).parameters

    example(**{fixture: request.getfixturevalue(fixture) for fixture in wanted})


def test_the_example_without_pytest_passes(page):
    case = page["CheckoutTest"]("test_a_reminder_is_queued_and_sent")

    case.test_a_reminder_is_queued_and_sent()
