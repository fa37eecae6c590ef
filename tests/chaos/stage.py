"""A site under attack: two nodes that are kept alive, their database, the way there."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connections

from tests.chaos.proxy import Proxy
from tests.chaos.servers import SERVERS, Server
from tests.scenarios.processes import Process
from tests.scenarios.sites import Database, Site

LEASE = 3.0
CONF = {"LEASE": LEASE, "BEAT": 0.5, "SHUTDOWN_GRACE": 2.0, "INTERRUPT_GRACE": 1.0}
URLS = {
    "postgresql": ("CRONMGMT_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:{}"),
    "mariadb": ("CRONMGMT_TEST_MARIADB_URL", "mariadb://root@127.0.0.1:{}"),
}


class AttackedSite(Site):
    """Its processes reach the database through a proxy, the test directly."""

    through: dict[str, str]
    crashes = 0.0
    skew = ""
    """what the clocks of processes started from now on are wrong by: ``+300s``"""

    def close(self) -> None:
        """End its processes; a database of the tests' own server goes with that."""
        self.end_processes()
        if self.through:
            self.database.forget()
        else:
            self.database.drop()

    def environ(self, **conf: Any) -> dict[str, str]:
        attacked = {**self.through, "CHAOS_CRASHES": str(self.crashes)}
        if self.skew and (library := other_time()):
            attacked |= {"LD_PRELOAD": str(library), "FAKETIME": self.skew}
        return {**super().environ(**conf), **attacked}


def other_time() -> Path | None:
    """Return the library that shows a process another time, if it is installed."""
    return next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


class Stage:
    """What faults are done to."""

    def __init__(self, site: AttackedSite, server: Server | None, proxy: Proxy | None):
        self.site, self.server, self.proxy = site, server, proxy
        self.nodes: dict[str, Process] = {}
        self._keeping = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._changing = threading.RLock()

    @property
    def kind(self) -> str:
        return self.site.database.kind

    def keep_nodes(self, *names: str) -> None:
        """Start nodes, and start each anew when it ends, as systemd would."""
        for name in names:
            self._start(name)
        self._keeper.start()

    def _start(self, name: str) -> None:
        options = {"INSTANCE": name}
        self.nodes[name] = self.site.start(name, "qcluster", **options)

    def _keep(self) -> None:
        while not self._keeping.wait(0.3):
            with self._changing:
                for name, node in list(self.nodes.items()):
                    if node.status() is not None:
                        self._start(name)

    @contextlib.contextmanager
    def untouched(self) -> Iterator[None]:
        """Let no node be started while the block runs."""
        with self._changing:
            yield

    def processes(self, name: str) -> list[int]:
        """Return the process ids of a node, its own first."""
        node = self.nodes[name]
        rest = [pid for pid in node.pids() if pid != node.pid]
        return [node.pid, *rest] if node.status() is None else rest

    def execute(self, *statements: str, hold: float = 0.0) -> None:
        """Do that in one transaction of an outsider's, and stay in it for a while."""
        connection = connections[self.site.database.alias].copy()
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                time.sleep(hold)
        finally:
            with contextlib.suppress(Exception):
                connection.close()

    def forget_connection(self) -> None:
        """Let the test connect anew: the server may be another by now."""
        with contextlib.suppress(Exception):
            connections[self.site.database.alias].close()

    def calm(self) -> None:
        """End every fault that lasts."""
        self.forget_connection()
        self.site.crashes, self.site.skew = 0.0, ""
        if self.proxy is not None:
            self.proxy.refuse(yes=False)
            self.proxy.stall(yes=False)

    def close(self) -> None:
        """Keep no node alive any more."""
        self._keeping.set()
        if self._keeper.is_alive():
            self._keeper.join(10)


@contextlib.contextmanager
def stage(kind: str, folder: Path) -> Iterator[Stage]:
    """Set up a site on a database of that kind, with a server of its own."""
    with contextlib.ExitStack() as exits:
        exits.callback(_environment_as_before, dict(os.environ))
        os.environ["CRONMGMT_TEST_DB"] = kind
        through: dict[str, str] = {}
        server = proxy = None
        if kind in SERVERS:
            server = exits.enter_context(_running(kind))
            proxy = Proxy(server.port)
            exits.callback(proxy.close)
            variable, url = URLS[kind]
            os.environ[variable] = url.format(server.port)
            through = {variable: url.format(proxy.port)}
        database = Database(kind, f"chaos_{kind}_{os.getpid()}", folder)
        database.create()
        site = AttackedSite(database)
        exits.callback(site.close)
        site.through, site.conf = through, dict(CONF)
        site.apps = ["tests.chaos.site.apps.ChaosSite"]
        migrated = site.call("migrate", "--verbosity=0")
        assert migrated.returncode == 0, migrated.stderr
        staged = Stage(site, server, proxy)
        exits.callback(staged.close)
        yield staged


def _environment_as_before(environ: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environ)


@contextlib.contextmanager
def _running(kind: str) -> Iterator[Server]:
    # Not below pytest's folder, which nobody but its owner may enter.
    with TemporaryDirectory(prefix="cronmgmt-") as name:
        Path(name).chmod(0o755)
        server = SERVERS[kind](Path(name))
        try:
            server.start()
            yield server
        finally:
            server.kill()
