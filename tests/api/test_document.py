"""The OpenAPI document: there, right, and of this site."""

from __future__ import annotations

import pytest
from drf_spectacular.validation import validate_schema

from cronmgmt.api.urls import described

pytestmark = pytest.mark.part("2.2")

PREFIX = "/api/v1/scheduler/"


def test_the_document_is_valid_and_tells_of_every_endpoint(charlie):
    document = charlie("GET", "schema").json()

    validate_schema(document)
    told = {path.removeprefix(PREFIX) for path in document["paths"]}
    routes = {str(each.pattern).replace("<str:", "{") for each in described}
    assert told == {route.replace(">", "}") for route in routes}


def test_the_document_shows_examples_and_problems(charlie):
    register = charlie("GET", "schema").json()["paths"][f"{PREFIX}jobs"]["post"]

    shown = register["requestBody"]["content"]["application/json"]["examples"]
    assert next(iter(shown.values()))["value"]["cronExpression"] == "0 2 * * *"
    for status in ("400", "401", "403", "409", "429"):
        assert "application/problem+json" in register["responses"][status]["content"]


def test_making_it_says_nothing_to_the_sites_log(charlie, capfd):
    charlie("GET", "schema")

    assert capfd.readouterr() == ("", "")


def test_with_a_slash_it_is_the_same_document(charlie):
    assert charlie("GET", "schema").json() == charlie("GET", "schema/").json()
