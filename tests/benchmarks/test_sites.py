"""The parts of the benchmark, and the contenders that they measure."""

from __future__ import annotations

import pytest

from benchmarks import contenders
from benchmarks.__main__ import main
from benchmarks.catalogue import PARTS
from benchmarks.environments import REQUIREMENTS
from benchmarks.processes import ROOT

EVERYBODY = [*contenders.OURS, *contenders.OURS_PORTABLE, *contenders.PEERS]


@pytest.mark.parametrize("contender", EVERYBODY, ids=lambda each: each.key)
def test_a_contender_has_a_site_and_pinned_packages(contender):
    site = ROOT / contender.site.replace(".", "/")

    assert (site / "settings.py").exists()
    assert (site / "site.py").exists()
    if contender.packages:
        pins = (REQUIREMENTS / f"{contender.packages}.txt").read_text().split()
        assert all("==" in pin for pin in pins)


def test_nobody_is_mistaken_for_another():
    assert len({each.key for each in EVERYBODY}) == len(EVERYBODY)
    assert len({each.label for each in EVERYBODY}) == len(EVERYBODY)


def test_a_contender_says_when_it_is_on_another_database():
    elsewhere = contenders.CRONMGMT.on("mariadb")

    assert elsewhere.label == "cronmgmt, ORM broker, MariaDB"
    assert elsewhere.key != contenders.CRONMGMT.key


@pytest.mark.parametrize("text", ["z", "a,z", ""])
def test_a_part_that_does_not_exist_is_refused(text, capsys):
    with pytest.raises(SystemExit):
        main(["--only", text])

    assert f"there are {', '.join(PARTS)}" in capsys.readouterr().err
