"""Each table has one home."""

from __future__ import annotations

import pytest

from project.models import Member, Mentor, Push, SourceMember, SourcePosition
from project.routers import HomeRouter
from tests.app.models import User

router = HomeRouter()


@pytest.mark.parametrize(
    ("model", "alias"),
    [
        (SourceMember, "source"),
        (SourcePosition, "source"),
        (Member, "target"),
        (Push, "target"),
        (Mentor, None),
        (User, None),
    ],
)
def test_rows_are_read_and_written_at_home(model, alias):
    assert router.db_for_read(model) == alias
    assert router.db_for_write(model) == alias


@pytest.mark.parametrize(
    ("app", "model", "home"),
    [
        ("project", "sourcemember", "source"),
        ("project", "member", "target"),
        ("project", "facility", "target"),
        ("project", "certification", "default"),
        ("cronmgmt", "jobrun", "default"),
        ("auth", None, "default"),
    ],
)
def test_a_table_is_made_at_home_only(app, model, home):
    aliases = ("default", "source", "target")

    allowed = [name for name in aliases if router.allow_migrate(name, app, model)]

    assert allowed == [home]
