"""Database servers of the chaos suite's own: they may be killed and started again."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from tests.chaos.clocks import clock_of_its_own, set_clock
from tests.scenarios.processes import living
from tests.tooling.private import answers, free_port

LOCAL = "127.0.0.1"
PATIENCE = 60.0
LITTLE = 65_536


class Server:
    """A server process with a folder of its own."""

    kind = ""
    read_only: tuple[str, ...] = ()
    """What makes it take no changes, with ON or OFF; from anybody but its root."""

    def __init__(self, folder: Path, disk: Path) -> None:
        self.folder, self.disk = folder, disk
        self.port = free_port()
        self.clock_is_off = 0
        self._running: subprocess.Popen[bytes] | None = None
        self.set_clock(0)
        self.install()

    def install(self) -> None:
        """Make the data folder."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """Return what starts it."""
        raise NotImplementedError

    def set_clock(self, seconds: int) -> None:
        """Let it be off by so many seconds from now on, also while the server runs."""
        self.clock_is_off = seconds
        set_clock(self.folder, seconds)

    def its_time(self) -> list[str]:
        """Return how to start a program that goes by this server's clock."""
        environ = clock_of_its_own(self.folder)
        return ["env", *(f"{name}={value}" for name, value in environ.items())]

    def is_up(self) -> bool:
        """Return whether it takes statements."""
        return answers(self.port)

    def start(self) -> None:
        """Start it and wait until it takes statements."""
        until = time.monotonic() + PATIENCE
        while not self.is_up():
            if time.monotonic() > until:
                text = (self.folder / "log").read_text(errors="replace")
                raise RuntimeError(f"{self.kind} does not run: {text[-3000:]}")
            if self._running is None or self._running.poll() is not None:
                # At once after it was killed, its own processes may be in the way.
                self._begin()
            time.sleep(0.1)

    def _begin(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._running = subprocess.Popen(
                self.command(), stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()
            self._running = None

    def limit_files(self, *, yes: bool) -> None:
        """Let none of its processes make a file any longer, until told otherwise."""
        assert self._running is not None
        limit = f"--fsize={LITTLE if yes else 'unlimited'}:"
        for member in living().get(self._running.pid, []):
            command = ["prlimit", f"--pid={member.pid}", limit]
            subprocess.run([*self.as_its_user(), *command], check=False)

    def complaints(self) -> list[str]:
        """Return what it said of its own files: they must outlive all that is done."""
        log = (self.folder / "log").read_text(errors="replace")
        return [line for line in log.splitlines() if "corrupt" in line.lower()]

    def as_its_user(self) -> list[str]:
        """Return how to start a program as the user who the server is."""
        return []


class PostgreSQL(Server):
    kind = "postgresql"
    read_only = (
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
        "ALTER SYSTEM SET default_transaction_read_only = {}",
        "SELECT pg_reload_conf()",
    )

    def install(self) -> None:
        self._user = "postgres" if getpass.getuser() == "root" else None
        if self._user:  # It refuses to be root.
            shutil.chown(self.folder, self._user)
            shutil.chown(self.disk, self._user)
        data = ["-D", str(self.disk / "data"), "--wal-segsize=1"]
        options = ["-U", "postgres", "--auth=trust", "--no-sync"]
        subprocess.run(
            [program("initdb"), *data, *options],
            check=True,
            stdout=subprocess.DEVNULL,
            user=self._user,
            cwd=self.folder,
        )

    def as_its_user(self) -> list[str]:
        drop = [f"--reuid={self._user}", f"--regid={self._user}", "--clear-groups"]
        return ["setpriv", *drop] if self._user else []

    def command(self) -> list[str]:
        return [
            *self.as_its_user(),
            *self.its_time(),
            program("postgres"),
            *("-D", str(self.disk / "data"), "-p", str(self.port)),
            *("-h", LOCAL, "-k", str(self.folder)),
            # What was committed survives kill -9 of its processes all the same.
            *("-c", "fsync=off", "-c", "max_connections=60"),
            *("-c", "max_wal_size=16MB", "-c", "min_wal_size=2MB"),
        ]

    def is_up(self) -> bool:
        try:
            psycopg.connect(
                host=LOCAL, port=self.port, user="postgres", dbname="postgres"
            ).close()
        except psycopg.OperationalError:
            return False
        return True


class MariaDB(Server):
    kind = "mariadb"
    read_only = ("SET GLOBAL read_only = {}",)

    def install(self) -> None:
        options = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run(
            ["mariadb-install-db", *self._common(), *options],
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def _common(self) -> list[str]:
        data = self.disk / "data"
        return ["--no-defaults", f"--datadir={data}", f"--user={getpass.getuser()}"]

    def command(self) -> list[str]:
        return [
            *self.its_time(),
            shutil.which("mariadbd") or "/usr/sbin/mariadbd",
            *self._common(),
            f"--bind-address={LOCAL}",
            f"--port={self.port}",
            f"--socket={self.folder / 'socket'}",
            # What was committed survives kill -9 all the same; pages are written twice
            # first, as by default, so that none is torn.
            "--innodb-flush-log-at-trx-commit=2",
            "--innodb-log-file-size=8M",
            "--character-set-server=utf8mb4",
        ]


SERVERS: dict[str, type[Server]] = {"postgresql": PostgreSQL, "mariadb": MariaDB}


def program(name: str) -> str:
    """Return the path of a program of PostgreSQL's server."""
    found = shutil.which(name)
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return found or (str(places[-1]) if places else name)
