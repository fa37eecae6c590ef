"""The key is made once, and only its owner can read it."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor

from project.secret import secret_key


def test_a_key_stays_the_same(tmp_path):
    file = tmp_path / "var" / "secret-key"

    first = secret_key(file)

    assert secret_key(file) == first
    assert len(first) >= 50


def test_nobody_else_can_read_it(tmp_path):
    file = tmp_path / "secret-key"

    secret_key(file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_processes_that_start_together_agree(tmp_path):
    file = tmp_path / "secret-key"

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(secret_key, [file] * 32))

    assert len(keys) == 1
    assert list(tmp_path.iterdir()) == [file]
