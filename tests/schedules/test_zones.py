"""Only the names of real time zones are zones."""

from __future__ import annotations

from time import process_time
from zoneinfo import ZoneInfo

import pytest

from cronmgmt.schedules import Cron, InvalidSchedule, load_zone, zones


@pytest.mark.parametrize(
    "name", ["UTC", "Europe/Amsterdam", "America/Argentina/Ushuaia"]
)
def test_a_zone_by_name(name):
    assert load_zone(name) == ZoneInfo(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "Mars/Olympus",
        "America",
        "Europe/",
        "europe/amsterdam",
        "Europe/Amsterdam ",
        "Europe//Amsterdam",
        "Europe/../Europe/Amsterdam",
        "../etc/passwd",
        "/etc/localtime",
        "/usr/share/zoneinfo/UTC",
        "localtime",
        "posixrules",
        "right/Europe/Amsterdam",
        "posix/Europe/Amsterdam",
        "zone.tab",
        "UTC\x00",
        "\x00",
        "\ud800",
        "Ü",
        "+02:00",
        "x" * 10_000,
        "Europe/Amsterdam" * 1000,
        None,
        5,
        b"UTC",
        ["UTC"],
        ZoneInfo("UTC"),
    ],
)
def test_it_is_no_zone(name):
    with pytest.raises(InvalidSchedule) as caught:
        Cron("* * * * *", name)

    assert caught.value.field == "timezone"
    assert len(str(caught.value)) < 300


def test_a_near_name_is_suggested():
    with pytest.raises(InvalidSchedule, match="did you mean Europe/Amsterdam"):
        load_zone("Europe/Amsterdm")


def test_a_machine_without_zones_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(zones, "_names", frozenset)

    with pytest.raises(InvalidSchedule, match="pip install tzdata"):
        load_zone("Europe/Amsterdam")


def test_a_wrong_name_is_not_slow():
    load_zone("UTC")

    started = process_time()
    with pytest.raises(InvalidSchedule):
        load_zone("/_" * 32)

    assert process_time() - started < 0.05
