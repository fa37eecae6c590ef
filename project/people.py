"""Made-up members, and what happens to them: always the same for the same numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from random import Random

from django.db import transaction

from project.models import SourceMember
from project.names import FIRST_NAMES, LAST_NAMES
from project.places import PLACES

FIRST = FIRST_NAMES.split()
LAST = LAST_NAMES.split()
STATUSES = SourceMember.Status
SHARES = {STATUSES.ACTIVE: 72, STATUSES.RETIRED: 21, STATUSES.INACTIVE: 7}

FIRST_DAY = date(1987, 6, 19)
LAST_DAY = date(2025, 6, 30)


def member(number: int) -> SourceMember:
    """Return the member of that number: the same person every time."""
    random = Random(number)
    first, last = random.choice(FIRST), random.choice(LAST)
    facility, region = random.choice(PLACES)
    [status] = random.choices(list(SHARES), weights=list(SHARES.values()))
    joined = FIRST_DAY + random.random() * (LAST_DAY - FIRST_DAY)
    retired = joined + random.random() * (LAST_DAY - joined)
    return SourceMember(
        member_number=number,
        first_name=first,
        last_name=last,
        email=f"member{number}@example.org",
        phone=f"202-555-01{random.randrange(100):02}",
        facility=facility,
        region=region,
        status=status,
        joined_on=joined,
        retired_on=retired if status == STATUSES.RETIRED else None,
        updated_at=noon(LAST_DAY) + random.random() * timedelta(days=1),
    )


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def create_members(count: int = 20_000, *, alias: str = "source") -> None:
    """Fill an empty table with the members from number 1 on."""
    people = [member(number) for number in range(1, count + 1)]
    SourceMember.objects.using(alias).bulk_create(people)


def change_members(
    random: Random, now: datetime, *, count: int = 20, alias: str = "source"
) -> dict[str, int]:
    """Let some move, leave, join and come back, as ``random`` decides.

    Returns how many of each. About as many leave as come, so the table keeps its size.
    """
    with transaction.atomic(using=alias):
        table = SourceMember.objects.using(alias)
        present = sorted(table.values_list("pk", flat=True))
        few = min(count // 5, len(present) // 2)
        leaving = random.sample(present, few)
        staying = sorted(set(present).difference(leaving))
        moving = random.sample(staying, min(count - 2 * few, len(staying)))
        coming = _newcomers(random, present, few)
        table.filter(pk__in=leaving).delete()
        table.bulk_create(_fresh(coming, now))
        for person in table.filter(pk__in=moving).order_by("pk"):
            _move(person, random, now)
            person.save(using=alias)
    return {"moved": len(moving), "left": len(leaving), "came": len(coming)}


def _newcomers(random: Random, present: list[int], count: int) -> list[int]:
    """Return numbers that are free: of people who left before, and new ones."""
    highest = present[-1] if present else 0
    left_before = sorted(set(range(1, highest)).difference(present))
    back = random.sample(left_before, min(count // 2, len(left_before)))
    return [*back, *range(highest + 1, highest + 1 + count - len(back))]


def _fresh(numbers: Iterable[int], now: datetime) -> list[SourceMember]:
    people = [member(number) for number in numbers]
    for person in people:
        person.updated_at = now
    return people


def _move(person: SourceMember, random: Random, now: datetime) -> None:
    """Change something that the copy must follow."""
    person.facility, person.region = random.choice(PLACES)
    person.phone = f"202-555-01{random.randrange(100):02}"
    if person.status == STATUSES.ACTIVE and random.random() < 0.2:
        person.status, person.retired_on = STATUSES.RETIRED, now.date()
    person.updated_at = now
