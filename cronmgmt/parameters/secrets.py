"""``Secret[str]``: a parameter that is stored as the name of where its value stands."""

from __future__ import annotations

import os
import re
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext_lazy

from cronmgmt.parameters.kinds import Kind

T = TypeVar("T")

_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*")


class Secret(Generic[T]):
    """A value that is read when the handler is called, and never stored.

    In the job's parameters stands ``env:NAME``; the handler gets a ``Secret`` that
    keeps the variable's value out of ``repr``, logs and tracebacks::

        @job("push", cron="0 8 * * *", params={"token": "env:API_TOKEN"})
        def push(run, token: Secret[str]):
            client = Client(token.value)
    """

    __slots__ = ("_value", "reference")

    def __init__(self, value: T, reference: str) -> None:
        self._value = value
        self.reference = reference

    @property
    def value(self) -> T:
        """The secret itself."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({self.reference!r})"

    __str__ = __repr__


class SecretKind(Kind):
    """The kind of ``Secret[str]``."""

    wanted = gettext_lazy(
        'a reference such as "env:API_TOKEN", never the secret itself'
    )

    def python(self, value: Any) -> Secret[str]:
        reference = self.json(value)
        variable = reference.removeprefix("env:")
        found = os.environ.get(variable)
        if found is None:
            raise ValueError(f"the environment of this worker has no {variable}")
        return Secret(found, reference)

    def json(self, value: Any) -> str:
        if isinstance(value, Secret):
            return value.reference
        if not isinstance(value, str) or not _REFERENCE.fullmatch(value):
            raise ValueError
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{_REFERENCE.pattern}$"}

    def from_text(self, text: str) -> str:
        return self.json(text)
