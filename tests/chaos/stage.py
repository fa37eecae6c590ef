"""A site under attack: two nodes that are kept alive, their database, the way there."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connections

from tests.chaos.broker import Redis
from tests.chaos.clocks import clock_of_its_own, remove_traces, wrong_clock
from tests.chaos.disks import Disk, disk
from tests.chaos.proxy import Proxy
from tests.chaos.servers import SERVERS, Server
from tests.scenarios.processes import WORKER, Process
from tests.scenarios.sites import Database, Site
from tests.scenarios.waiting import wait_until

LEASE = 3.0
PATIENCE = 60.0
CONF = {"LEASE": LEASE, "BEAT": 0.5, "SHUTDOWN_GRACE": 2.0, "INTERRUPT_GRACE": 1.0}
WORKERS = 3
"""Of each node: twice what the jobs take, so that work waits for none on a busy day."""

APPS = ("tests.chaos.site.apps.ChaosSite",)
URLS = {
    "postgresql": (
        "CRONMGMT_TEST_POSTGRES_URL",
        "postgresql://postgres@127.0.0.1:{}",
        "postgresql://postgres@127.0.0.1:{}",
    ),
    "mariadb": (
        "CRONMGMT_TEST_MARIADB_URL",
        "mariadb://root@127.0.0.1:{}",
        "mariadb://visitor@127.0.0.1:{}",
    ),
}
"""What says where the server is, how the test reaches it, and how the site does."""

VISITOR = (
    "CREATE USER visitor@'%'",
    # On all databases there are, not on the server: who may do everything may also
    # write to one that is read-only.
    "GRANT ALL ON `%`.* TO visitor@'%'",
)


class AttackedSite(Site):
    """Its processes reach the database through a proxy, the test directly."""

    through: dict[str, str]
    crashes = 0.0
    skew = 0
    """By how many seconds the clocks of processes started from now on are wrong."""
    version = 1
    """Which code processes started from now on have; see ``site/jobs.py``."""
    deployed: dict[str, int]
    """Jobs that came with newer code, and the second by which they were there."""
    jumpy = False
    """Whether the clocks of processes started from now on can be set while they run."""

    def close(self) -> None:
        """End its processes; a database of the tests' own server goes with that."""
        self.end_processes()
        if self.through:
            self.database.forget()
        else:
            self.database.drop()

    def flag(self, name: str, *, yes: bool) -> None:
        """Put up a flag that its processes see, or take it away."""
        path = self.witness.with_name(f"{self.witness.name}.{name}")
        path.touch() if yes else path.unlink(missing_ok=True)

    def environ(self, **conf: Any) -> dict[str, str]:
        attacked = {
            **self.through,
            "CHAOS_CRASHES": str(self.crashes),
            "CHAOS_VERSION": str(self.version),
        }
        if self.skew:
            attacked |= wrong_clock(self.skew)
        if self.jumpy:
            attacked |= {**clock_of_its_own(self.folder), "CHAOS_JUMPY": "1"}
        return {**super().environ(**conf), **attacked}


class Stage:
    """What faults are done to."""

    def __init__(self, site: AttackedSite, server: Server | None, proxy: Proxy | None):
        self.site, self.server, self.proxy = site, server, proxy
        self.disk: Disk | None = None
        self.redis: Redis | None = None
        self.nodes: dict[str, Process] = {}
        self.fragile: set[str] = set()
        """Nodes whose processes die at random points."""
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
        (self.fragile.add if self.site.crashes else self.fragile.discard)(name)

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

    def kill_node(self, name: str) -> None:
        """Kill every process of a node at once; it is started anew."""
        with self.untouched():
            for pid in self.processes(name):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def is_up(self, node: Process) -> bool:
        """Return whether it lives and has had workers since its start."""
        return node.status() is None and bool(WORKER.search(node.output()))

    def wait_for_another(self, name: str, old: Process) -> None:
        """Wait until a new process has taken the place of an old node's, and is up."""

        def is_there() -> bool:
            return self.nodes[name] is not old and self.is_up(self.nodes[name])

        wait_until(is_there, PATIENCE, f"{name} is started anew")

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

    def fill_disk(self, *, yes: bool) -> None:
        """Let the database find no room, or find it again.

        Where no disk of our own may be mounted, its files may not grow instead.
        """
        if self.disk is not None:
            self.disk.fill() if yes else self.disk.free()
        elif self.server is not None:
            self.server.limit_files(yes=yes)
        else:
            self.site.flag("full", yes=yes)
        if self.server is not None and not yes:
            # MariaDB may have ended over it; who frees the disk starts it again.
            self.server.start()

    def read_only(self, *, yes: bool) -> None:
        """Let the database take no changes, or take them again."""
        if self.server is None:
            self.site.flag("read-only", yes=yes)
            return
        self.forget_connection()
        for statement in self.server.read_only:
            self.execute(statement.format("ON" if yes else "OFF"))

    def now(self) -> int:
        """Return the second that the database's clock shows."""
        return int(time.time()) + (self.server.clock_is_off if self.server else 0)

    def calm(self) -> None:
        """End every fault that lasts."""
        self.forget_connection()
        self.site.crashes, self.site.skew = 0.0, 0
        for name in sorted(self.fragile):
            self.kill_node(name)
        self.fill_disk(yes=False)
        if self.server is not None:
            self.server.start()
        self.read_only(yes=False)
        if self.proxy is not None:
            self.proxy.refuse(yes=False)
            self.proxy.stall(yes=False)
        if self.redis is not None:
            self.redis.calm()

    def close(self) -> None:
        """Keep no node alive any more."""
        self._keeping.set()
        if self._keeper.is_alive():
            self._keeper.join(10)


@contextlib.contextmanager
def stage(
    kind: str,
    folder: Path,
    *,
    broker: str = "orm",
    apps: Sequence[str] = APPS,
    conf: Mapping[str, float] = CONF,
) -> Iterator[Stage]:
    """Set up a site on a database of that kind, with a server and a disk of its own."""
    with contextlib.ExitStack() as exits:
        exits.callback(_environment_as_before, dict(os.environ))
        exits.callback(remove_traces)
        os.environ |= {"CRONMGMT_TEST_DB": kind, "CRONMGMT_TEST_BROKER": broker}
        # Not below pytest's folder, which nobody but its owner may enter.
        home = Path(exits.enter_context(TemporaryDirectory(prefix="cronmgmt-")))
        home.chmod(0o755)
        room = exits.enter_context(disk(home / "disk", megabytes=256))
        through: dict[str, str] = {}
        server = proxy = None
        if kind in SERVERS:
            server = exits.enter_context(_running(SERVERS[kind](home, home / "disk")))
            proxy = Proxy(server.port)
            exits.callback(proxy.close)
            variable, url, visitor = URLS[kind]
            os.environ[variable] = url.format(server.port)
            through = {variable: visitor.format(proxy.port)}
        redis = None
        if broker == "redis":
            redis = Redis(home)
            exits.callback(redis.close)
            os.environ["CRONMGMT_TEST_REDIS_URL"] = redis.url
        database = Database(kind, f"chaos_{kind}_{os.getpid()}", home / "disk")
        database.create()
        site = AttackedSite(database, workers=WORKERS, folder=folder)
        exits.callback(site.close)
        site.deployed = {}
        site.through, site.conf, site.apps = through, dict(conf), list(apps)
        staged = Stage(site, server, proxy)
        staged.disk, staged.redis = room, redis
        if kind == "mariadb":
            staged.execute(*VISITOR)
        migrated = site.call("migrate", "--verbosity=0")
        assert migrated.returncode == 0, migrated.stderr
        exits.callback(staged.close)
        yield staged


def _environment_as_before(environ: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environ)


@contextlib.contextmanager
def _running(server: Server) -> Iterator[Server]:
    try:
        server.start()
        yield server
    finally:
        server.kill()
