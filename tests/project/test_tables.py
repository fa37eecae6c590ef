"""What the demo deletes when it is told to begin anew."""

from __future__ import annotations

from project.databases import database
from project.demo.tables import delete_files


def test_only_the_files_of_its_own_databases_are_deleted(tmp_path):
    ours = [tmp_path / f"demo.sqlite3{end}" for end in ("", "-wal", "-shm")]
    other = tmp_path / "other.sqlite3"
    for path in [*ours, other]:
        path.touch()
    server = database("postgresql://127.0.0.1/platform", tmp_path)

    delete_files([database("", ours[0]), server])

    assert list(tmp_path.iterdir()) == [other]
