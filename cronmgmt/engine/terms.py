"""What a caller of ``enqueue`` gives -> the terms of the work, each of them checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from cronmgmt.errors import InvalidJob, InvalidWork, shorten
from cronmgmt.models.mailing import MOST_ADDRESSES
from cronmgmt.policies import work_policies
from cronmgmt.text import clean_text

YEARS = range(1970, 9000)
"""Moments near either end of the calendar are none in some other time zone."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms work is queued; what is not given, the handler's policies say.

    ``at``, or ``delay`` from now, is the earliest moment at which it may start.
    """

    policies: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None
    delay: timedelta | None = None
    notify: tuple[str, ...] = ()
    requested_by: str = ""


def make_terms(
    *,
    at: datetime | None = None,
    delay: timedelta | float | None = None,
    notify: Any = None,
    requested_by: str = "",
    **policies: Any,
) -> Terms:
    """Return the terms, or raise InvalidWork with what to change."""
    if at is not None and delay is not None:
        raise InvalidWork("Give at or delay, not both.")
    try:
        known = work_policies("Work", policies)
    except InvalidJob as error:
        raise InvalidWork(str(error)) from None
    return Terms(
        known, _moment(at), _delay(delay), addresses(notify), clean_text(requested_by)
    )


def addresses(notify: Any) -> tuple[str, ...]:
    """Return the e-mail addresses of a person, an address, or several of either.

    A person is anything that has an ``email``, such as Django's user.
    """
    if notify is None:
        return ()
    several = isinstance(notify, Iterable) and not isinstance(notify, str)
    found = dict.fromkeys(map(_address, notify if several else [notify]))
    if len(found) > MOST_ADDRESSES:
        raise InvalidWork(f"At most {MOST_ADDRESSES} addresses can be notified.")
    return tuple(found)


def _address(person: Any) -> str:
    address = person if isinstance(person, str) else getattr(person, "email", None)
    try:
        validate_email(address)
    except ValidationError:
        raise InvalidWork(
            "notify takes e-mail addresses, or people that have one; got "
            f"{shorten(person)}."
        ) from None
    return str(address)


def _moment(at: object) -> datetime | None:
    if at is None:
        return None
    if not isinstance(at, datetime) or at.utcoffset() is None:
        raise InvalidWork(f"at is a datetime with a time zone; got {shorten(at)}.")
    if at.year not in YEARS:
        raise InvalidWork(
            f"at is from {YEARS.start} to {YEARS.stop - 1}; got {shorten(at)}."
        )
    return at.astimezone(UTC)  # PostgreSQL refuses some offsets.


def _delay(delay: object) -> timedelta | None:
    try:
        wait = timedelta(seconds=delay) if isinstance(delay, int | float) else delay
    except (OverflowError, ValueError):
        wait = False
    if wait is None or isinstance(wait, timedelta):
        return wait
    raise InvalidWork(
        f"delay is a timedelta, or a number of seconds; got {shorten(delay)}."
    )
