"""The short form of the chaos suite; ``make chaos`` is the long one."""

from __future__ import annotations

import os

import pytest

from tests.chaos.broker import is_missing
from tests.chaos.clocks import other_time
from tests.chaos.run import Attack, attack
from tests.tooling.databases import without_driver

SECONDS = float(os.environ.get("CHAOS_SECONDS", "25"))
SEED = int(os.environ.get("CHAOS_SEED", "2301"))
"""In so short a time, this one meets the most of what differs."""

SITES = [
    ("sqlite", "orm"),
    ("sqlite", "redis"),
    ("postgresql", "orm"),
    ("postgresql", "redis"),
    ("mariadb", "orm"),
    ("mariadb", "redis"),
]
LONG = "CHAOS_SECONDS" in os.environ
SHORT = {("sqlite", "orm"), ("postgresql", "redis"), ("mariadb", "orm")}
"""Each database once and each broker: what of them differs is met in these."""

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.timeout(SECONDS + 300),
    pytest.mark.part("0.11", "1.9", "4.1", "4.8", "4.12"),
]


@pytest.mark.parametrize(
    ("kind", "broker"), [site for site in SITES if LONG or site in SHORT]
)
def test_whatever_breaks_nothing_is_lost_doubled_or_stuck(
    kind, broker, tmp_path, django_db_blocker, capsys
):
    if lacking := without_driver(kind):
        pytest.skip(lacking)
    if other_time() is None:
        pytest.skip("no libfaketime: nobody's clock could be wrong")
    if broker == "redis" and is_missing():
        pytest.skip("no redis-server: there is no broker to break")

    def say(line):
        with capsys.disabled():
            print(line, flush=True)  # noqa: T201

    with django_db_blocker.unblock():
        verdict = attack(Attack(kind, broker, SEED, SECONDS), tmp_path, say)

    assert verdict.broken_promises() == {}
    assert verdict.executed > (verdict.expected - verdict.in_gaps) / 4
    assert verdict.parked
