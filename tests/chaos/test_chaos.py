"""The short form of the chaos suite; ``make chaos`` is the long one."""

from __future__ import annotations

import os

import pytest

from tests.chaos.run import attack
from tests.chaos.stage import other_time
from tests.tooling.databases import without_driver

SECONDS = float(os.environ.get("CHAOS_SECONDS", "30"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
KINDS = ["sqlite", "postgresql", "mariadb"]

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.timeout(SECONDS + 240),
    pytest.mark.part("0.11", "1.9", "4.1", "4.8", "4.12"),
]


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_breaks_nothing_is_lost_doubled_or_stuck(
    kind, tmp_path, django_db_blocker, capsys
):
    if lacking := without_driver(kind):
        pytest.skip(lacking)
    if other_time() is None:
        pytest.skip("no libfaketime: nobody's clock could be wrong")

    def say(line):
        with capsys.disabled():
            print(line, flush=True)  # noqa: T201

    with django_db_blocker.unblock():
        verdict = attack(kind, SEED, SECONDS, tmp_path, say)

    assert verdict.broken_promises() == {}
    assert verdict.executed > verdict.expected / 4
