"""At the edges of what the document says of an edit's fields, the site says the same."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations

import pytest

from cronmgmt.api import exact
from cronmgmt.engine.actions import EDITABLE
from tests.api.real import REAL

pytestmark = pytest.mark.part("2.2")

DURATIONS = ["1s", "1h30m", "999d9999h99999m99999s"]
MOMENTS = ["1970-01-01T00:00:00Z", "8999-12-31T23:59:59.999999-23:59"]
SOME = {"tags": ["a"], "retry_on": ["OSError"], "mail_to": ["a@b.example"]}


@pytest.mark.parametrize("field", EDITABLE)
def test_what_the_document_says_of_a_field_is_what_is_accepted(alice, make_job, field):
    terms = {"overlap": "wait", "backoff": timedelta(seconds=1)}
    make_job("nightly", handler="t:limited", **terms)
    schema = exact.of_field(field)

    right, wrong = inside(field, schema), outside(field, schema)

    assert right and wrong
    assert [value for value in right if answered(alice, field, value) != 200] == []
    assert [value for value in wrong if answered(alice, field, value) != 400] == []


def answered(program, field, value):
    tag = program("GET", "jobs/nightly")["ETag"]
    answer = program("PATCH", "jobs/nightly", {field: value}, **{"If-Match": tag})
    return answer.status_code


def inside(field, schema):
    found = [None] if schema.get("nullable") else []
    if field in REAL:
        return [*found, REAL[field]]
    if schema["type"] in ("integer", "number"):
        return [*found, schema["minimum"], schema["maximum"]]
    if schema["type"] == "boolean":
        return [*found, True, False]
    if schema["type"] == "array":
        return [*found, [], SOME[field]]
    if "enum" in schema:
        return [*found, *schema["enum"]]
    if schema.get("format") == "date-time":
        return [*found, *MOMENTS]
    if "dhms" in schema["pattern"] or schema["pattern"].startswith("^(?=[0-9])"):
        return [*found, *DURATIONS]
    longest = schema.get("maxLength", 5000)
    return [*found, "x" * longest, "x" * schema.get("minLength", 0)]


def outside(field, schema):
    """Return other types than the one, and what is just beyond its limits."""
    samples = {"integer": 1, "boolean": True, "array": [1], "string": 1.5}
    samples["object"] = {"a": {"b": 1}}
    if schema["type"] == "number":
        del samples["integer"], samples["string"]
    found = [each for kind, each in samples.items() if kind != schema["type"]]
    found += [] if schema.get("nullable") else [None]
    if "maximum" in schema:
        found += [schema["minimum"] - 1, schema["maximum"] + 1]
    if "maxLength" in schema:
        found.append("x" * (schema["maxLength"] + 1))
    if "enum" in schema:
        found.append("x")
    if schema.get("minLength"):
        found.append("")
    if schema.get("maxItems"):
        found.append(SOME[field] * (schema["maxItems"] + 1))
    return found


SCHEDULES = {
    **{"cronExpression": "0 2 * * *", "cron": "*/5 * * * *"},
    **{"every": "5m", "at": "2026-07-01T10:00:00Z"},
}
CHOICES = [
    *({}, *({name: None} for name in SCHEDULES)),
    *({name: SCHEDULES[name]} for name in SCHEDULES),
    *({name: SCHEDULES[name] for name in pair} for pair in combinations(SCHEDULES, 2)),
]


def test_a_registration_has_exactly_one_schedule_as_the_document_says(alice):
    document = alice("GET", "schema").json()["components"]["schemas"]["Registration"]
    ways = [set(each["required"]) for each in document["oneOf"]]

    fits = [sum(way <= each.keys() for way in ways) == 1 for each in CHOICES]
    job = {"jobName": "nightly", "handler": "t:limited"}
    answers = [alice("POST", "jobs", {**job, **each}).status_code for each in CHOICES]

    assert [status in (200, 201) for status in answers] == fits
    assert set(answers) == {200, 201, 400}
