"""A handler's signature -> one description of its parameters, which serves all.

JSON is checked against it on every write, the handler is called through it, and the
admin's and the trigger's forms, the API's schema and the command line are made of it.
"""

from __future__ import annotations

from cronmgmt.parameters.checking import (
    check_parameters,
    json_object,
    python_arguments,
    secret_values,
)
from cronmgmt.parameters.kinds import AnyJson
from cronmgmt.parameters.secrets import Secret
from cronmgmt.parameters.signature import Parameter, describe_parameters, json_schema

__all__ = [
    "AnyJson",
    "Parameter",
    "Secret",
    "check_parameters",
    "describe_parameters",
    "json_object",
    "json_schema",
    "python_arguments",
    "secret_values",
]
