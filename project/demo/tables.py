"""Databases -> tables in each, and members in the source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from project.certification.made_up import create_mentors
from project.databases import SQLITE
from project.models import Mentor, SourceMember, SourceRegion
from project.organisation import create_organisation
from project.people import create_members

COMPANIONS = ("", "-wal", "-shm", "-journal")
"""What SQLite adds to a file's name for the files it keeps beside it."""


def delete_files(databases: Iterable[Mapping[str, Any]]) -> None:
    """Delete the files of the databases that are SQLite's; others are left alone."""
    for database in databases:
        if database["ENGINE"] == SQLITE:
            for companion in COMPANIONS:
                Path(f"{database['NAME']}{companion}").unlink(missing_ok=True)


def make_tables() -> None:
    """Bring the tables of every database up to date."""
    call_command("migrate", verbosity=0)
    for alias in ("source", "target"):
        call_command("migrate", "project", database=alias, verbosity=0)


def make_members() -> bool:
    """Fill the source if nobody is in it; True if it was filled now."""
    if SourceMember.objects.exists():
        return False
    create_members()
    return True


def make_the_rest() -> None:
    """Make places, positions and mentors, as far as there are none."""
    if not SourceRegion.objects.exists():
        create_organisation()
    if not Mentor.objects.exists():
        create_mentors(timezone.now().date())
