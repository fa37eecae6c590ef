"""Every request, answer and problem has an example, and each is what it says it is."""

from __future__ import annotations

from datetime import datetime

import pytest
from jsonschema import Draft7Validator, FormatChecker

from cronmgmt.api import examples
from cronmgmt.api.schema import PROBLEMS

pytestmark = pytest.mark.part("2.2")
FORMATS = FormatChecker(["uuid"])


@FORMATS.checks("date-time", ValueError)
def _is_a_moment(text):
    return not isinstance(text, str) or bool(datetime.fromisoformat(text).tzinfo)


@pytest.fixture
def document(charlie):
    """The document, its nullable schemas as JSON Schema has them."""
    return plain(charlie("GET", "schema").json())


def test_everything_that_is_sent_or_told_has_an_example(document):
    lacking = [where for where, content in contents(document) if not shown(content)]

    assert lacking == []


def test_every_example_is_of_its_schema(document):
    wrong = {
        f"{where}, {name}": error.message
        for where, content in contents(document)
        for name, value in shown(content).items()
        for error in checker(document, content["schema"]).iter_errors(value)
    }

    assert wrong == {}


def test_no_example_is_of_nothing(document):
    known = {each["operationId"] for _, each in operations(document)}

    assert (examples.SENT.keys() | examples.TOLD.keys()) - known == set()
    assert examples.PROBLEMS.keys() == PROBLEMS.keys()


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def contents(document):
    """Yield each body that is sent or told, and where."""
    for where, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield where, content
        for status, response in operation["responses"].items():
            for content in response.get("content", {}).values():
                yield f"{where}, {status}", content


def shown(content):
    return {name: each["value"] for name, each in content.get("examples", {}).items()}


def checker(document, schema):
    root = {"components": document["components"], "allOf": [schema]}
    return Draft7Validator(root, format_checker=FORMATS)


def plain(schema):
    """Return the schema with null as a type, where OpenAPI 3.0 has a word of its own."""
    if isinstance(schema, list):
        return [plain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: plain(each) for name, each in schema.items()}
    if made.pop("nullable", False) is not True:
        return made
    return {"anyOf": [{"type": "null"}, made]}
