"""What the OpenAPI document says of values, so that what fits it is accepted here.

What no schema can say is left to the answer: whether a handler, a calendar or a time
zone of that name is there, a cron expression means something, parameters suit their
handler, the site may write to an address, and fields suit each other.
"""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from cronmgmt.api.shapes import SCHEDULES
from cronmgmt.engine.actions import EDITABLE
from cronmgmt.engine.portable.entries import FIELDS, KINDS, column
from cronmgmt.models.validation import DURATIONS
from cronmgmt.text import NAME

Schema = dict[str, Any]

# The years are those that are the same year in every time zone of any database.
MOMENT = (
    r"^(19[7-9][0-9]|[2-8][0-9]{3})-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]"
    r"(:[0-5][0-9](\.[0-9]{1,6})?)?(Z|[+-][0-2][0-9]:[0-5][0-9])$"
)
A_MOMENT: Schema = {"type": "string", "format": "date-time", "pattern": MOMENT}

STORABLE = r"^[^\x00]*$"
"""No database takes a NUL."""
WORDS: Schema = {"type": "string", "pattern": STORABLE}
ASKED: Schema = {**WORDS, "minLength": 1, "maxLength": 150}
REASON: Schema = {**WORDS, "pattern": r"^[^\x00]*[^\s\x00][^\x00]*$"}

# Together less than the ten years that an interval may have.
_PARTS = "".join(
    f"([0-9]{{1,{most}}}{unit})?" for unit, most in zip("dhms", "3455", strict=True)
)
DURATION: Schema = {
    "type": "string",
    "pattern": f"^(?=[0-9]){_PARTS}$",
    "description": "Such as 30s, 5m, 1h30m or 2d.",
}
ABOVE_ZERO: Schema = {
    **DURATION,
    "pattern": f"^(?=[0-9dhms]*[1-9]){_PARTS}$",
}
A_NAME: Schema = {"type": "string", "pattern": f"^{NAME.pattern}$"}
EXCEPTION = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$"
ADDRESS = r"^[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*@([a-z0-9]+\.)+[a-z]{2,20}$"
WHOM = f"^(me|{ADDRESS[1:-1]})$"

SPECIAL: dict[str, Schema] = {
    "cron": {**WORDS, "maxLength": 200, "description": "Five fields, or six."},
    "every": {**ABOVE_ZERO, "description": "An interval, such as 30s or 1h30m."},
    "at": {**WORDS, "maxLength": 200, "description": "One moment, in the time zone."},
    "params": {"type": "object"},
    "tags": {"type": "array", "items": WORDS},
    "retry_on": {
        **{"type": "array", "maxItems": 50, "nullable": True},
        "items": {"type": "string", "pattern": EXCEPTION, "maxLength": 200},
    },
    "mail_to": {
        **{"type": "array", "maxItems": 50, "nullable": True},
        "items": {"type": "string", "pattern": ADDRESS, "maxLength": 254},
    },
    "handler": {**A_NAME, "minLength": 1, "maxLength": 200},
    "queue": {**A_NAME, "minLength": 1, "maxLength": 100},
}
"""Fields of an edit whose column does not say it all."""


def make_exact(document: Any) -> None:
    """Let the document's requests say what is accepted, and nothing else."""
    schemas = document["components"]["schemas"]
    for name in _sent(document):
        properties = schemas[name]["properties"]
        schemas[name]["additionalProperties"] = False
        schemas[name]["properties"] = {k: _exact(k, v) for k, v in properties.items()}
    schemas["Work"]["not"] = {"required": ["at", "delay"]}
    one = [{"required": [name]} for name in SCHEDULES]
    schemas["Registration"]["oneOf"] = one
    schemas["Off"]["properties"]["reason"] |= REASON


def _sent(document: Any) -> set[str]:
    """Return the names of what requests hold."""
    return {
        content["schema"]["$ref"].rpartition("/")[2]
        for methods in document["paths"].values()
        for operation in methods.values()
        for content in operation.get("requestBody", {}).get("content", {}).values()
    }


def _exact(name: str, schema: Schema) -> Schema:
    if name == "notify":
        return {**schema, "items": {**schema["items"], "pattern": WHOM}}
    if name in EDITABLE and "type" not in schema:
        return of_field(name)
    if schema.get("format") == "date-time":
        return {**schema, **A_MOMENT}
    is_free = schema.get("type") == "string" and not schema.keys() & {"enum", "format"}
    # White space around it is dropped, and what is left must not be nothing.
    words = REASON if schema.get("minLength") else WORDS
    return {**words, **schema} if is_free else schema


def of_field(name: str) -> Schema:
    """Return what an edit may make of a field."""
    if name in SPECIAL or name not in FIELDS:
        special = SPECIAL[name]
        return {**special, "nullable": True} if name in KINDS else special
    field = column(name)
    schema = dict(_of_column(field))
    return {**schema, "nullable": True} if field.null else schema


def _of_column(field: models.Field[Any, Any]) -> Schema:
    if field.choices:
        return {"type": "string", "enum": [value for value, _ in field.flatchoices]}
    if isinstance(field, models.DurationField):
        return ABOVE_ZERO if field.name in DURATIONS else DURATION
    if isinstance(field, models.DateTimeField):
        return A_MOMENT
    if isinstance(field, models.BooleanField):
        return {"type": "boolean"}
    if isinstance(field, models.FloatField):
        return {"type": "number", "minimum": 0, "maximum": 1}
    if isinstance(field, models.IntegerField):
        return {"type": "integer", **_limits(field)}
    longest = {"maxLength": field.max_length} if field.max_length else {}
    return {**WORDS, **longest}


def _limits(field: models.Field[Any, Any]) -> Schema:
    least, most = 0, 2**63 - 1
    for each in field.validators:
        if isinstance(each, MinValueValidator):
            least = max(least, each.limit_value)
        elif isinstance(each, MaxValueValidator):
            most = min(most, each.limit_value)
    return {"minimum": least, "maximum": most}
