"""The one source of "now", as a value and as SQL.

Production asks the database, so that hosts whose clocks differ agree on what is due
and whose lease is over. Tests set the time themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Protocol

from django.db import connections
from django.db.models import DateTimeField, Expression, Func, Value
from django.db.models.expressions import Combinable


class DbNow(Func):
    """The database's clock when the statement starts, with microseconds, in UTC.

    Django's ``Now()`` is the transaction's start on PostgreSQL, session-local time on
    MariaDB and MySQL, and on SQLite text of another width that compares wrongly with
    what Django stores.
    """

    function = "CURRENT_TIMESTAMP"
    arity = 0
    output_field = DateTimeField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="statement_timestamp()", **context
        )

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="UTC_TIMESTAMP(6)", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # SQLite knows milliseconds; the padding keeps the text comparable. The format
        # is a parameter: Django logs statements by "%" when DEBUG is on.
        return "(strftime(%s, 'now') || '000')", ["%Y-%m-%d %H:%M:%f"]


class Clock(Protocol):
    """Where "now" comes from."""

    def now(self, using: str) -> datetime:
        """Return the present instant in UTC, for the database ``using``."""

    def sql(self, plus: timedelta | None = None) -> Combinable:
        """Return an SQL expression of the present, ``plus`` a constant."""

    def after(self, reading: datetime, seconds: float) -> datetime:
        """Return what the clock shows ``seconds`` after it showed ``reading``."""

    def fixed(self) -> datetime | None:
        """Return the present if it is not the database's to say; else None."""


class DatabaseClock:
    """The clock of the database that holds the runs."""

    def now(self, using: str) -> datetime:
        connection = connections[using]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {NOW_TEXT[connection.vendor]}")
            (value,) = cursor.fetchone()
        return as_instant(value)

    def sql(self, plus: timedelta | None = None) -> Combinable:
        return DbNow() + Value(plus) if plus else DbNow()

    def after(self, reading: datetime, seconds: float) -> datetime:
        return reading + timedelta(seconds=seconds)

    def fixed(self) -> None:
        return None


NOW_TEXT = {
    "postgresql": "statement_timestamp()",
    "mysql": "UTC_TIMESTAMP(6)",
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'",
}
"""The present in a statement without parameters, by the database's vendor."""


def as_instant(value: str | datetime, zone: tzinfo | None = UTC) -> datetime:
    """Return what a driver gives for an instant as one in UTC; bare, it is in ``zone``."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


class _Instant(Value):
    """A constant moment; MariaDB and MySQL would give a literal back as text."""

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        sql, params = self.as_sql(compiler, connection, **context)
        return f"CAST({sql} AS DATETIME(6))", params


class SettableClock:
    """A clock that stands still until it is moved; for tests."""

    def __init__(self, start: datetime) -> None:
        self.time = start.astimezone(UTC)

    def now(self, using: str) -> datetime:
        return self.time

    def sql(self, plus: timedelta | None = None) -> Expression:
        return _Instant(self.time + (plus or timedelta()), DateTimeField())

    def after(self, reading: datetime, seconds: float) -> datetime:
        return self.time

    def fixed(self) -> datetime:
        return self.time

    def move(self, by: timedelta) -> datetime:
        """Move the time on (or back) and return it."""
        self.time += by
        return self.time


_current: Clock = DatabaseClock()


def current() -> Clock:
    """Return the clock that supplies the time now."""
    return _current


def now(using: str) -> datetime:
    """Return the present instant in UTC."""
    return _current.now(using)


def sql_now(plus: timedelta | None = None) -> Combinable:
    """Return the present as an SQL expression, ``plus`` a constant."""
    return _current.sql(plus)


def after(reading: datetime, seconds: float) -> datetime:
    """Return what the clock shows ``seconds`` after ``reading``, without asking it.

    For short spans measured by a clock that never jumps.
    """
    return _current.after(reading, seconds)


def fixed() -> datetime | None:
    """Return the present if a statement must be told it; None: the database knows."""
    return _current.fixed()


@contextmanager
def use(clock: Clock) -> Iterator[Clock]:
    """Let ``clock`` supply the time inside the block; for tests and dry runs."""
    global _current
    before, _current = _current, clock
    try:
        yield clock
    finally:
        _current = before
