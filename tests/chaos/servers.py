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

from tests.tooling.private import answers, free_port

LOCAL = "127.0.0.1"
PATIENCE = 60.0


class Server:
    """A server process with a folder of its own."""

    kind = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._running: subprocess.Popen[bytes] | None = None
        self.install()

    def install(self) -> None:
        """Make the data folder."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """Return what starts it."""
        raise NotImplementedError

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


class PostgreSQL(Server):
    kind = "postgresql"

    def install(self) -> None:
        self._user = "postgres" if getpass.getuser() == "root" else None
        if self._user:  # It refuses to be root.
            shutil.chown(self.folder, self._user)
        data = ["-D", str(self.folder / "data")]
        options = ["-U", "postgres", "--auth=trust", "--no-sync"]
        subprocess.run(
            [program("initdb"), *data, *options],
            check=True,
            stdout=subprocess.DEVNULL,
            user=self._user,
            cwd=self.folder,
        )

    def command(self) -> list[str]:
        drop = [f"--reuid={self._user}", f"--regid={self._user}", "--clear-groups"]
        return [
            *(["setpriv", *drop] if self._user else []),
            program("postgres"),
            *("-D", str(self.folder / "data"), "-p", str(self.port)),
            *("-h", LOCAL, "-k", str(self.folder)),
            # What was committed survives kill -9 of its processes all the same.
            *("-c", "fsync=off", "-c", "max_connections=60"),
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

    def install(self) -> None:
        options = ["--auth-root-authentication-method=normal", "--skip-test-db"]
        subprocess.run(
            ["mariadb-install-db", *self._common(), *options],
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def _common(self) -> list[str]:
        data = self.folder / "data"
        return ["--no-defaults", f"--datadir={data}", f"--user={getpass.getuser()}"]

    def command(self) -> list[str]:
        return [
            shutil.which("mariadbd") or "/usr/sbin/mariadbd",
            *self._common(),
            f"--bind-address={LOCAL}",
            f"--port={self.port}",
            f"--socket={self.folder / 'socket'}",
            "--innodb-flush-log-at-trx-commit=2",
            "--character-set-server=utf8mb4",
        ]


SERVERS: dict[str, type[Server]] = {"postgresql": PostgreSQL, "mariadb": MariaDB}


def program(name: str) -> str:
    """Return the path of a program of PostgreSQL's server."""
    found = shutil.which(name)
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return found or (str(places[-1]) if places else name)
