"""What a run costs: CPU seconds and memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from cronmgmt.engine import usage
from cronmgmt.engine.usage import Usage, resident_memory


def test_it_measures_from_its_making_on():
    measured = Usage()
    sum(range(200_000))

    columns = measured.columns()

    assert 0 < columns["cpu_seconds"] < 60
    assert columns["peak_memory"] > 1_000_000


def test_the_highest_of_all_samples_counts(monkeypatch):
    readings = iter([5, 9, 7])
    monkeypatch.setattr(usage, "resident_memory", lambda: next(readings))
    measured = Usage()

    measured.sample()
    measured.sample()

    assert measured.columns()["peak_memory"] == 9


@pytest.mark.parametrize("content", [None, "", "garbage"])
def test_where_the_kernel_does_not_tell_the_highest_so_far_counts(
    monkeypatch, tmp_path, content
):
    path = Path(tmp_path) / "statm"
    if content is not None:
        path.write_text(content)
    monkeypatch.setattr(usage, "_STATM", path)

    assert resident_memory() > 1_000_000
