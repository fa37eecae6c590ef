"""A site of a test's own: its database, its processes and what its handlers say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connections

from cronmgmt.models import (
    Gap,
    JobRun,
    LockSlot,
    Node,
    RunAttempt,
    RunLog,
    ScheduledJob,
)
from cronmgmt.models.run import UNFINISHED
from tests.scenarios.processes import ROOT, Process
from tests.scenarios.waiting import wait_until
from tests.tooling.databases import databases

SETTINGS = "tests.scenarios.site.settings"
WEB = "tests.scenarios.site.web"
WSGI = "tests.scenarios.site.wsgi"
BEHIND = {"pgbouncer": "postgresql"}
"""Poolers, and what is behind them."""

_numbers = count(1)


class Database:
    """One database that a site's processes and the test both reach."""

    def __init__(self, kind: str, name: str, folder: Path) -> None:
        self.kind, self.name, self.folder = kind, name, folder
        self.alias = f"site-{name}"
        # The test looks at the tables without a detour, its processes take it.
        environ = {**os.environ, "CRONMGMT_TEST_DB": BEHIND.get(kind, kind)}
        spec = databases(environ, run=name, folder=folder)["default"]
        complete = connections.configure_settings({"default": spec})["default"]
        connections.databases[self.alias] = complete

    @property
    def creation(self) -> Any:
        return connections[self.alias].creation

    def create(self) -> None:
        """Make it, empty."""
        self.creation._create_test_db(verbosity=0, autoclobber=True)

    def copy(self) -> Database:
        """Make a copy under a name of its own."""
        suffix = str(next(_numbers))
        connections[self.alias].close()
        self._end_pooled()
        self.creation.clone_test_db(suffix, verbosity=0)
        return Database(self.kind, f"{self.name}_{suffix}", self.folder)

    def drop(self) -> None:
        """Remove it, as soon as the server has noticed that nobody is connected."""
        connections[self.alias].close()
        self._end_pooled()
        wait_until(self._is_dropped, 30, f"{self.alias} could be dropped")
        self.forget()

    def forget(self) -> None:
        """Close our connection; the name may mean another database from now on."""
        connections[self.alias].close()
        del connections[self.alias]
        del connections.databases[self.alias]

    def _end_pooled(self) -> None:
        """Close what a pooler keeps open for clients that will not come any more."""
        if self.kind not in BEHIND:
            return
        with connections[self.alias]._nodb_cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = %s",
                [connections[self.alias].settings_dict["NAME"]],
            )

    def _is_dropped(self) -> bool:
        name = connections[self.alias].settings_dict["NAME"]
        try:
            self.creation._destroy_test_db(name, verbosity=0)
        except DatabaseError:
            return False
        return True


class Site:
    """The processes of one site, and a view of its tables from outside."""

    def __init__(
        self,
        database: Database,
        *,
        workers: int = 2,
        settings: str = SETTINGS,
        folder: Path | None = None,
    ) -> None:
        self.database, self.workers, self.settings = database, workers, settings
        self.folder = (folder or database.folder) / database.name
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir(parents=True)
        self.witness = self.folder / "witness"
        self.processes: list[Process] = []
        self.conf: dict[str, Any] = {}
        self.recycle = 500
        self.apps: list[str] = []
        self.path: list[Path] = []
        self._clerk: subprocess.Popen[str] | None = None

    # Its processes

    def environ(self, **conf: Any) -> dict[str, str]:
        """Return the environment of its processes; ``conf`` is CRONMGMT of one."""
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), *map(str, self.path)]),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": self.settings,
            "CRONMGMT_TEST_DB": self.database.kind,
            "SITE_NAME": self.database.name,
            "SITE_FOLDER": str(self.database.folder),
            "SITE_LOGS": str(self.folder.parent),
            "SITE_WITNESS": str(self.witness),
            "SITE_WORKERS": str(self.workers),
            "SITE_RECYCLE": str(self.recycle),
            "SITE_CRONMGMT": json.dumps({**self.conf, **conf}),
            "TMPDIR": str(self.temporary),
            "SITE_APPS": ",".join(self.apps),
        }

    def start(self, name: str, *command: str, **conf: Any) -> Process:
        """Start a command of ``manage.py``, in a session of its own."""
        process = Process(name, *command, environ=self.environ(**conf))
        self.processes.append(process)
        return process

    def node(self, *options: str, name: str = "node", **conf: Any) -> Process:
        """Start ``qcluster`` and wait until it works."""
        node = self.start(name, "qcluster", *options, INSTANCE=name, **conf)
        self.wait_for_node(node)
        return node

    def serve(
        self, *options: str, name: str = "web", **conf: Any
    ) -> tuple[Process, str]:
        """Start gunicorn with the site's web pages; returns its address as well."""
        environ = self.environ(**conf) | {"DJANGO_SETTINGS_MODULE": WEB}
        words = [WSGI, "--bind=127.0.0.1:0", "--no-control-socket", *options]
        web = Process(name, *words, environ=environ, module="gunicorn")
        self.processes.append(web)
        web.wait_for_output("Booting worker", 20)
        port = re.findall(r"Listening at: http://127.0.0.1:(\d+)", web.output())[0]
        return web, f"http://127.0.0.1:{port}"

    def wait_for_node(self, node: Process) -> None:
        """Wait until the node has reported and its workers are up."""

        def is_up() -> bool:
            assert node.status() is None, f"{node.name} ended while it started"
            reported = self.nodes(pid=node.pid).exists()
            return reported and len(node.workers()) >= self.workers

        wait_until(is_up, 20, f"{node.name} has its row and {self.workers} workers")

    def call(self, *command: str, **conf: Any) -> subprocess.CompletedProcess[str]:
        """Run a command of ``manage.py`` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "django", *command],
            cwd=ROOT,
            env=self.environ(**conf),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def ask(self, function: str, *arguments: Any) -> str:
        """Call a function of the package's Python interface, in a web process's place."""
        if self._clerk is None:
            with (self.folder / "clerk.log").open("wb") as log:
                self._clerk = subprocess.Popen(
                    [sys.executable, "-m", "tests.scenarios.site.clerk"],
                    cwd=ROOT,
                    env=self.environ(),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    start_new_session=True,
                )
        assert self._clerk.stdin and self._clerk.stdout
        self._clerk.stdin.write(f"{json.dumps([function, arguments])}\n")
        self._clerk.stdin.flush()
        answer = json.loads(self._clerk.stdout.readline())
        assert "error" not in answer, answer["error"]
        return str(answer["value"])

    def trigger(self, job: str, **params: Any) -> str:
        """Queue a run and return its execution id."""
        return self.ask("trigger_job", job, params)

    def close(self) -> None:
        """End its processes and remove its database."""
        self.end_processes()
        self.database.drop()

    def end_processes(self) -> None:
        """Kill what is left of its processes."""
        for process in self.processes:
            process.end()
        if self._clerk is not None:
            assert self._clerk.stdin and self._clerk.stdout
            self._clerk.stdin.close()
            self._clerk.wait(10)
            self._clerk.stdout.close()

    # Its tables

    def jobs(self, **only: Any) -> Any:
        return ScheduledJob.objects.using(self.database.alias).filter(**only)

    def runs(self, **only: Any) -> Any:
        return JobRun.objects.using(self.database.alias).filter(**only)

    def gaps(self, **only: Any) -> Any:
        return Gap.objects.using(self.database.alias).filter(**only)

    def nodes(self, **only: Any) -> Any:
        return Node.objects.using(self.database.alias).filter(**only)

    def slots(self, **only: Any) -> Any:
        return LockSlot.objects.using(self.database.alias).filter(**only)

    def attempts(self, execution_id: str) -> list[RunAttempt]:
        attempts = RunAttempt.objects.using(self.database.alias)
        return list(attempts.filter(run__execution_id=execution_id))

    def log(self, execution_id: str) -> str:
        """Return what is kept of a run's output."""
        pieces = RunLog.objects.using(self.database.alias)
        texts = pieces.filter(run__execution_id=execution_id).order_by("id")
        return "".join(texts.values_list("text", flat=True))

    def ask_database(self, sql: str) -> list[Any]:
        """Run a statement of SQL and return its rows, if it has any."""
        with connections[self.database.alias].cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall()) if cursor.description else []

    def run(self, execution_id: str) -> JobRun:
        found: JobRun = self.runs().get(execution_id=execution_id)
        return found

    def ended(self, execution_id: str, within: float = 10) -> JobRun:
        """Wait for the outcome of a run, and return the run."""
        wait_until(
            lambda: self.run(execution_id).status not in UNFINISHED,
            within,
            f"run {execution_id} has ended",
        )
        return self.run(execution_id)

    # Its handlers

    def notes(self, event: str = "", **only: Any) -> list[dict[str, Any]]:
        """Return what handlers have noted, oldest first."""
        if not self.witness.exists():
            return []
        notes = [json.loads(line) for line in self.witness.read_text().splitlines()]
        if event:
            only["event"] = event
        return [note for note in notes if only.items() <= note.items()]

    def noted(self, event: str, within: float = 30, **only: Any) -> dict[str, Any]:
        """Wait until a handler has noted that, and return the latest such note."""
        what = f"{event} of {only}"
        return wait_until(lambda: self.notes(event, **only), within, what)[-1]
