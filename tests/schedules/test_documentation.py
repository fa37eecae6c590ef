"""docs/schedules.md says what is true."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from cronmgmt.schedules import Cron

GUIDE = Path(__file__).parents[2] / "docs" / "schedules.md"
FIELDS = r"[0-9A-Za-z*/,#()-]+"
EXPRESSION = re.compile(rf"`({FIELDS}(?: {FIELDS}){{4,5}}|@[a-z]+)`")
REFUSED = {"0 0 31 2 *", "@reboot"}


def test_every_example_answers_as_written():
    failed, tried = doctest.testfile(str(GUIDE), module_relative=False)

    assert tried > 15
    assert failed == 0


@pytest.mark.parametrize(
    "expression", sorted(set(EXPRESSION.findall(GUIDE.read_text())))
)
def test_every_cron_text_is_accepted(expression):
    if expression not in REFUSED:
        Cron(expression, key="job")
