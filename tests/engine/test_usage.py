"""What a run costs: CPU seconds and memory."""

from __future__ import annotations

import os

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


@pytest.mark.parametrize("content", [None, b"", b"garbage", b"1 x 3"])
def test_where_the_kernel_does_not_tell_the_highest_so_far_counts(
    monkeypatch, tmp_path, content
):
    def opened(pid):
        path = tmp_path / "statm"
        if content is not None:
            path.write_bytes(content)
        return os.open(path, os.O_RDONLY)

    opened.cache_clear = lambda: None
    monkeypatch.setattr(usage, "_statm", opened)

    assert resident_memory() > 1_000_000


def test_a_handler_that_closes_the_file_under_us_changes_nothing():
    before = resident_memory()
    os.close(usage._statm(os.getpid()))

    assert resident_memory() > 1_000_000
    assert abs(resident_memory() - before) < 100_000_000


def test_a_fork_reads_its_own_memory():
    ours = usage._statm(os.getpid())

    assert usage._statm(os.getppid()) != ours
    assert usage._statm(os.getpid()) != ours  # Opened anew: one file at a time.
