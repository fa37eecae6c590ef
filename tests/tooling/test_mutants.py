"""The mutants still fit the code that they change."""

from __future__ import annotations

import shutil

import pytest

from tests.tooling.mutants import MUTANTS, Mutant, mutated
from tests.tooling.parts import ROOT


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_it_changes_one_place_and_names_tests_that_exist(mutant, tmp_path):
    path = tmp_path / mutant.file
    path.parent.mkdir(parents=True)
    shutil.copy(ROOT / mutant.file, path)

    mutated(mutant, tmp_path)

    compile(path.read_text(), path.name, "exec")
    assert path.read_text() != (ROOT / mutant.file).read_text()
    assert all((ROOT / each).exists() for each in mutant.tests)


def test_code_that_moved_on_is_said(tmp_path):
    (tmp_path / "code.py").write_text("x = 1\nx = 1\n")

    with pytest.raises(ValueError, match="code.py does not hold once: x = 1"):
        mutated(Mutant("any", "code.py", "x = 1", "x = 2", ()), tmp_path)
