"""What a parameter may be: each kind turns JSON into Python and says what it wants."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from cronmgmt.text import clean_json


class Kind(ABC):
    """One type of parameter.

    ``python`` and ``json`` raise ValueError for what does not fit; the message that
    a person sees is made of :attr:`wanted`.
    """

    wanted: Any
    """What is wanted, for the end of a sentence, in the reader's language."""

    @abstractmethod
    def python(self, value: Any) -> Any:
        """Return the Python value of a JSON value, or raise ValueError."""

    @abstractmethod
    def json(self, value: Any) -> Any:
        """Return the JSON value of a Python or JSON value, or raise ValueError."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """Return the kind as JSON Schema."""

    def from_text(self, text: str) -> Any:
        """Return the JSON value that ``text``, typed at a command line, stands for."""
        return self.json(json.loads(text))


@dataclass(frozen=True)
class Plain(Kind):
    """str, int, float, bool: what JSON has itself; True is not a number here."""

    type: type

    @property
    def wanted(self) -> Any:
        return _PLAIN[self.type][0]

    def python(self, value: Any) -> Any:
        if self.type is float and type(value) is int:
            return float(value)
        if type(value) is not self.type or value in _NOT_FINITE or value != value:
            raise ValueError
        return value

    def json(self, value: Any) -> Any:
        return clean_json(self.python(value))

    def schema(self) -> dict[str, Any]:
        return {"type": _PLAIN[self.type][1]}

    def from_text(self, text: str) -> Any:
        return text if self.type is str else super().from_text(text)


_NOT_FINITE = (float("inf"), float("-inf"))
_PLAIN: dict[type, tuple[Any, str]] = {
    str: (gettext_lazy("a text"), "string"),
    int: (gettext_lazy("a whole number"), "integer"),
    float: (gettext_lazy("a number"), "number"),
    bool: (gettext_lazy("true or false"), "boolean"),
}


class _Written(Kind):
    """What JSON can only write as text."""

    format: str
    type: type

    @abstractmethod
    def parse(self, text: str) -> Any:
        """Return the Python value of ``text``, or raise ValueError."""

    def python(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise ValueError
        return self.parse(value)

    def json(self, value: Any) -> str:
        if not isinstance(value, self.type):
            value = self.python(value)
        return self.write(self.parse(self.write(value)))

    def write(self, value: Any) -> str:
        """Return the text of a Python value."""
        return str(value)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": self.format}

    def from_text(self, text: str) -> str:
        return self.json(text)


class Date(_Written):
    """``date``: an ISO date."""

    wanted = gettext_lazy("a date such as 2026-03-01")
    format = "date"
    type = date

    def parse(self, text: str) -> date:
        return date.fromisoformat(text)


class Moment(_Written):
    """``datetime``: an ISO time with its offset from UTC."""

    wanted = gettext_lazy("a time with its offset, such as 2026-03-01T10:00:00+00:00")
    format = "date-time"
    type = datetime

    def parse(self, text: str) -> datetime:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError
        return moment

    def write(self, value: datetime) -> str:
        return value.isoformat()


class Number(_Written):
    """``Decimal``: a number as text, so that no digit is lost."""

    wanted = gettext_lazy('a decimal number as text, such as "12.50"')
    format = "decimal"
    type = Decimal

    def parse(self, text: str) -> Decimal:
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise ValueError from None
        if not number.is_finite():
            raise ValueError
        return number


@dataclass(frozen=True)
class Choice(Kind):
    """``Literal`` and ``Enum``: one of a few values, each under its JSON name."""

    options: tuple[tuple[Any, Any], ...]  # (JSON value, Python value)

    @classmethod
    def of_enum(cls, enum: type[Enum]) -> Choice:
        """Return the choice of an enum's members, written by their names."""
        return cls(tuple((member.name, member) for member in enum))

    @classmethod
    def of_values(cls, values: Sequence[Any]) -> Choice:
        """Return the choice of a Literal's values."""
        return cls(tuple((value, value) for value in values))

    @property
    def wanted(self) -> Any:
        known = ", ".join(json.dumps(value) for value, _ in self.options)
        return format_lazy(gettext_lazy("one of {known}"), known=known)

    def python(self, value: Any) -> Any:
        for written, meant in self.options:
            if type(value) is type(written) and value == written:
                return meant
        raise ValueError

    def json(self, value: Any) -> Any:
        for written, meant in self.options:
            if value is meant or (type(value) is type(written) and value == written):
                return written
        raise ValueError

    def schema(self) -> dict[str, Any]:
        return {"enum": [value for value, _ in self.options]}

    def from_text(self, text: str) -> Any:
        for written, _ in self.options:
            if text in (str(written), json.dumps(written)):
                return written
        raise ValueError


@dataclass(frozen=True)
class Maybe(Kind):
    """``Optional``: null, or the kind within."""

    kind: Kind

    @property
    def wanted(self) -> Any:
        return format_lazy(gettext_lazy("{wanted}, or null"), wanted=self.kind.wanted)

    def python(self, value: Any) -> Any:
        return None if value is None else self.kind.python(value)

    def json(self, value: Any) -> Any:
        return None if value is None else self.kind.json(value)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.kind.schema(), {"type": "null"}]}

    def from_text(self, text: str) -> Any:
        return None if text in ("", "null") else self.kind.from_text(text)


@dataclass(frozen=True)
class Several(Kind):
    """``list[…]``: any number of one kind."""

    kind: Kind

    @property
    def wanted(self) -> Any:
        return format_lazy(
            gettext_lazy("a list, each {wanted}"), wanted=self.kind.wanted
        )

    def python(self, value: Any) -> Any:
        return [self.kind.python(item) for item in _items(value)]

    def json(self, value: Any) -> Any:
        return [self.kind.json(item) for item in _items(value)]

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.kind.schema()}

    def from_text(self, text: str) -> Any:
        if text.lstrip().startswith("["):
            return super().from_text(text)
        return [self.kind.from_text(part.strip()) for part in text.split(",") if part]


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise ValueError
    return list(value)


class AnyJson(Kind):
    """No annotation, ``dict``, ``list`` or ``Any``: whatever JSON can hold."""

    wanted = gettext_lazy("JSON data")

    def python(self, value: Any) -> Any:
        return value

    def json(self, value: Any) -> Any:
        try:
            json.dumps(value, allow_nan=False)
            return clean_json(value)
        except (TypeError, RecursionError):
            raise ValueError from None

    def schema(self) -> dict[str, Any]:
        return {}
