"""What the steps of the engine are tested with."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from cronmgmt import registry
from cronmgmt.engine import node as node_module
from cronmgmt.engine import stopping, supervision
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.engine.node import Node
from cronmgmt.models.compiled import filled
from tests.engine.nodes import Crew
from tests.engine.threads import wait_until

HERE = "t:here"


@pytest.fixture(autouse=True)
def _nobody_is_rung_for(bell):
    pass


@pytest.fixture(autouse=True)
def _handlers_as_before(monkeypatch):
    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))


@pytest.fixture(autouse=True)
def _nothing_stops():
    yield
    stopping.reset()


@pytest.fixture
def handle():
    """Make a function the handler ``t:here`` for the length of the test."""

    def make(function, name=HERE):
        registry.forget(name)
        registry.add_handler(name, function)
        return function

    return make


@pytest.fixture
def perform(handle, make_run):
    """Queue a run whose handler is the function, work it off and return it."""

    def perform(function, job=None, **changes):
        handle(function)
        run = make_run(job, **{"handler": HERE, **changes})
        work_a_slice(run.queue)
        run.refresh_from_db()
        return run

    return perform


@pytest.fixture
def plan_of():
    """How the database would go about a query if the table were large."""

    def explain(queryset, **values):
        sql, params = queryset.query.sql_with_params()
        prefix = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"{prefix} {sql}", filled(params, values, connection))
            return "\n".join(" ".join(map(str, row)) for row in cursor.fetchall())

    return explain


PATHS = ["portable"]
if connection.vendor == "postgresql":
    PATHS.append("statement")


@pytest.fixture(params=PATHS)
def every_path(request, settings):
    """Finish runs both ways: through the ORM, and by PostgreSQL's one statement."""
    settings.CRONMGMT = {"PORTABLE_SQL": request.param == "portable"}


@pytest.fixture
def declare(monkeypatch):
    """Let the code declare a job; nothing else is declared during the test."""

    def work(run, limit: int = 10):
        """Do nothing."""

    def declare(name="t:members", **fields):
        registry.job(name, **{"cron": "15 7 * * *", **fields})(work)

    monkeypatch.setattr(registry, "_declarations", {})
    return declare


@pytest.fixture
def crew():
    return Crew()


@pytest.fixture
def make_node(crew, clock, monkeypatch):
    """A node whose steps keep the connection of the test, and whose chores wait."""
    monkeypatch.setattr(node_module, "close_all", lambda: None)
    nodes = []

    def make(**options):
        node = Node(crew, **options)
        nodes.append(node)
        chores = node.housekeeping
        for chore in (chores.mending, chores.pruning, chores.counting):
            chore.due = float("inf")  # They begin at random moments.
        return node

    yield make
    for node in nodes:
        node.requests.close()


@pytest.fixture
def broken(monkeypatch):
    """Let a step fail with an error."""

    def fail(module, name, error):
        def step(*args, **options):
            raise error

        monkeypatch.setattr(module, name, step)

    return fail


BEAT = timedelta(milliseconds=50)


@pytest.fixture
def quick_beats(settings):
    """Look after a running run so often that a test need not wait for it."""
    settings.CRONMGMT = {"BEAT": BEAT, "INTERRUPT_GRACE": timedelta(seconds=60)}
    yield
    # Its connection would be in the way when the database is taken down.
    wait_until(lambda: supervision.supervisor.is_dozing)
