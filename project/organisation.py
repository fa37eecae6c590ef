"""Made-up regions, facilities and positions: always the same for the same numbers."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from project.models import SourceFacility, SourcePosition, SourceRegion
from project.people import FIRST_DAY, LAST_DAY, noon
from project.places import FACILITIES, PLACES

TITLES = (
    "Facility Representative",
    "Vice President",
    "Secretary",
    "Treasurer",
    "Safety Representative",
    "Training Representative",
)
ELECTED = 4
"""The first titles are elected, the others appointed."""

REGION_NUMBERS = {name: number for number, name in enumerate(FACILITIES, start=1)}


def create_organisation(*, positions: int = 5_000, alias: str = "source") -> None:
    """Fill the empty tables with every place and as many positions."""
    create_regions(alias=alias)
    create_facilities(alias=alias)
    create_positions(positions, alias=alias)


def create_regions(*, alias: str) -> None:
    """Fill the table of regions."""
    rows = [
        SourceRegion(region_id=number, name=name, updated_at=noon(FIRST_DAY))
        for name, number in REGION_NUMBERS.items()
    ]
    SourceRegion.objects.using(alias).bulk_create(rows)


def create_facilities(count: int = len(PLACES), *, alias: str) -> None:
    """Fill the table of facilities; beyond the real ones there are towers by number."""
    rows = [facility(number) for number in range(1, count + 1)]
    SourceFacility.objects.using(alias).bulk_create(rows)


def create_positions(count: int, *, alias: str) -> None:
    """Fill the table of positions, for members from number 1 on."""
    rows = [position(number) for number in range(1, count + 1)]
    SourcePosition.objects.using(alias).bulk_create(rows)


def facility(number: int) -> SourceFacility:
    """Return the facility of that number."""
    code, region = PLACES[(number - 1) % len(PLACES)]
    return SourceFacility(
        facility_id=number,
        code=code if number <= len(PLACES) else f"T{number}",
        region_id=REGION_NUMBERS[region],
        updated_at=noon(FIRST_DAY),
    )


def position(number: int) -> SourcePosition:
    """Return the position of that number: the same one every time."""
    random = Random(f"position {number}")
    kind = random.randrange(len(TITLES))
    starts = FIRST_DAY + random.random() * (LAST_DAY - FIRST_DAY)
    code, _region = random.choice(PLACES)
    return SourcePosition(
        position_id=number,
        member_number=random.randint(1, 20_000),
        facility=code,
        title=TITLES[kind],
        is_elected=kind < ELECTED,
        starts_on=starts,
        ends_on=starts + timedelta(days=3 * 365) if random.random() < 0.6 else None,
        updated_at=noon(starts),
    )
