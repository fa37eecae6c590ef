"""The demo site in processes of its own, with files and databases of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from cronmgmt.models import JobRun
from project.sync.tables import TABLES
from tests.project.aliases import KINDS, aliases, database_url
from tests.tooling.running import environ_of, processes

ROOT = Path(__file__).resolve().parent.parent.parent

SUITE = os.environ.get("CRONMGMT_TEST_DB", "sqlite")
KIND = SUITE if SUITE in KINDS else "sqlite"
"""The kind of database that the suite runs on, as far as the site knows it."""

# What the tests' own environment, or a developer's .env, says is not for this site.
OURS = ("CRONMGMT_", "COV", "DJANGO_", "INTERCOM_", "PYTEST_", "Q_CLUSTER")
UNSET = ("SECRET_KEY", "TIME_ZONE", "LOG_LEVEL", "LOG_JSON", "PORT", "EMAIL_URL")
PATIENCE = 90  # seconds: the machine may be busy with other tests


@contextmanager
def a_site(folder, *, source="sqlite", target=KIND):
    """Give the site empty databases; source and copies are in the kinds given."""
    with ExitStack() as stack:
        kinds = {"default": KIND, "source": source, "target": target}
        urls = {
            alias: stack.enter_context(database_url(kind, folder))
            for alias, kind in kinds.items()
        }
        named = {f"site_{alias}": url for alias, url in urls.items()}
        stack.enter_context(aliases(**named))
        site = Site(folder, urls)
        stack.callback(site.kill)
        yield site


class Site:
    """What a person at the shell of the site's machine can do."""

    copies = {
        name: replace(copy, source="site_source", target="site_target")
        for name, copy in TABLES.items()
    }
    copy = copies["members"]

    def __init__(self, folder, urls):
        self.folder = folder
        kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
        self.environ = {
            **{k: v for k, v in kept.items() if k not in UNSET},
            "DEBUG": "true",
            "DEMO_VAR": str(folder),
            "DATABASE_URL": urls["default"],
            "SOURCE_DATABASE_URL": urls["source"],
            "TARGET_DATABASE_URL": urls["target"],
        }

    def manage(self, *command, check=True, **environ):
        """Run a command of manage.py to its end."""
        return subprocess.run(
            self._command(command),
            check=check,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            env=self.environ | environ,
            cwd=ROOT,
        )

    def make_tables(self):
        """Do what a first deploy does."""
        self.manage("migrate")
        for alias in ("source", "target"):
            self.manage("migrate", "project", "--database", alias)

    def run_job(self, name):
        """Run a job in the foreground and return its result."""
        done = self.manage("cronmgmt", "run", name, "--json")
        return json.loads(done.stdout)["result"]

    @contextmanager
    def running(self, *command):
        """Keep a command of manage.py running; it is told to stop at the end."""
        with open(self.folder / f"{command[0]}.log", "ab") as log:
            process = subprocess.Popen(
                self._command(command),
                stdout=log,
                stderr=log,
                env=self.environ,
                cwd=ROOT,
                start_new_session=True,
            )
        try:
            yield process
            process.terminate()
            process.wait(PATIENCE)
        finally:
            sys.stdout.write((self.folder / f"{command[0]}.log").read_text())
            self.kill()
            process.wait()

    def processes(self):
        """Return the ids of all processes that belong to this site."""
        mark = f"DEMO_VAR={self.folder}\0".encode()
        return [pid for pid in processes() if mark in environ_of(pid)]

    def is_running(self, pid, command):
        """Return whether a process is that command of manage.py."""
        return command.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()

    def kill(self):
        """End what is left of the site."""
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)

    def runs(self, name):
        """Return the runs of a job, the latest first."""
        return JobRun.objects.using("site_default").filter(job_name=name)

    def _command(self, command):
        return [sys.executable, str(ROOT / "manage.py"), *command]


def wait_for(condition, patience=PATIENCE):
    """Return the first true answer of ``condition``."""
    until = time.monotonic() + patience
    while not (answer := condition()):
        assert time.monotonic() < until, f"{condition} did not become true"
        time.sleep(0.02)
    return answer
