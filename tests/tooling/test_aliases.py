"""Two sites at once, as in the browser's tests, do not take each other's databases."""

from __future__ import annotations

from django.db import connections

from tests.project.aliases import aliases


def test_a_name_means_again_what_it_meant_before():
    with aliases(spare="sqlite:///outer.sqlite3"):
        with aliases(spare="sqlite:///inner.sqlite3"):
            assert "inner" in str(connections["spare"].settings_dict["NAME"])

        assert "outer" in str(connections["spare"].settings_dict["NAME"])

    assert "spare" not in connections.settings
