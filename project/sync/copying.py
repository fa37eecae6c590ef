"""A pair of tables: read a stretch of both by key, write one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction

from project.models import Mirrored
from project.sync.comparing import Difference, Kept, Row, digest


@dataclass(frozen=True, slots=True)
class Stretch:
    """All rows of both tables with keys above the last stretch, up to ``until``."""

    source: dict[int, Row]
    copy: dict[int, Kept]
    until: int | None
    """The last key of the stretch; None when nothing follows."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Where the rows come from and where they go."""

    source_model: type[models.Model]
    target_model: type[Mirrored]
    source: str = "source"
    target: str = "target"

    @property
    def columns(self) -> list[str]:
        """What is copied: every column of the source, the key first."""
        return [field.attname for field in self.source_model._meta.concrete_fields]

    def source_rows(self) -> models.QuerySet[Any]:
        """Return the source's rows in the order of their keys."""
        return self.source_model._default_manager.using(self.source).order_by("pk")

    def target_rows(self) -> models.QuerySet[Any]:
        """Return the copy's rows in the order of their keys."""
        return self.target_model._default_manager.using(self.target).order_by("pk")

    def stretch(self, after: int | None, size: int) -> Stretch:
        """Return the next stretch; neither side of it has more than ``size`` rows."""
        source = _page(self.source_rows(), self.columns, after, size)
        copy = _page(self.target_rows(), ["pk", "digest", "vanished_at"], after, size)
        # A full page ends somewhere in its table: only up to there is it complete.
        ends = [page[-1][0] for page in (source, copy) if len(page) == size]
        until = min(ends, default=None)
        within = _up_to(until)
        return Stretch(
            {row[0]: row for row in source if within(row[0])},
            {key: Kept(d, vanished=bool(v)) for key, d, v in copy if within(key)},
            until,
        )

    def write(self, change: Difference, now: datetime) -> None:
        """Bring the copy up to date, all of the stretch or nothing of it."""
        if not (change.write or change.vanish):
            return
        rows = [self._mirrored(row, now) for row in change.write.values()]
        key, *others = self.columns
        with transaction.atomic(using=self.target):
            table = self.target_rows()
            table.bulk_create(
                rows,
                update_conflicts=True,
                unique_fields=[key],
                update_fields=[*others, "digest", "written_at", "vanished_at"],
            )
            table.filter(pk__in=change.vanish).update(vanished_at=now)

    def _mirrored(self, row: Row, now: datetime) -> Mirrored:
        values = dict(zip(self.columns, row, strict=True))
        return self.target_model(
            **values, digest=digest(row), written_at=now, vanished_at=None
        )


def _page(
    rows: models.QuerySet[Any], columns: list[str], after: int | None, size: int
) -> list[Row]:
    if after is not None:
        rows = rows.filter(pk__gt=after)
    return list(rows.values_list(*columns)[:size])


def _up_to(until: int | None) -> Callable[[int], bool]:
    return lambda key: until is None or key <= until
