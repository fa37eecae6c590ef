"""The settings in docs/databases.md are those that the tests run on."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.tooling.databases import SERVERS, SQLITE_OPTIONS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "databases.md").read_text()
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)

ENGINE = "django.db.backends.sqlite3"
TESTED = {**SERVERS, "sqlite": {"ENGINE": ENGINE, "OPTIONS": SQLITE_OPTIONS}}


def settings(code):
    """Return what the assignments of an example assign."""
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(code).body
    }


@pytest.mark.parametrize("kind", ["sqlite", "pgbouncer", "mariadb"])
def test_what_a_database_is_said_to_need_is_what_it_has_here(kind):
    _, _, rest = PAGE.partition(f"<!-- settings: {kind} -->")
    documented = settings(BLOCK.search(rest)[1])["DATABASES"]["default"]

    documented.pop("PORT", None)
    assert documented == TESTED[kind]


def test_postgresql_needs_nothing():
    assert SERVERS["postgresql"].keys() == {"ENGINE"}


def test_the_limits_of_redis_are_understood():
    redis = pytest.importorskip("redis")
    clusters = [settings(code) for code in BLOCK.findall(PAGE) if '"redis"' in code]
    (url,) = (cluster["Q_CLUSTER"]["redis"] for cluster in clusters)

    arguments = redis.from_url(url).connection_pool.connection_kwargs

    assert arguments["socket_connect_timeout"] == 1
    # Its workers wait at Redis for one second at a time.
    assert arguments["socket_timeout"] > 1
