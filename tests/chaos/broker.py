"""A Redis of the chaos suite's own, behind a proxy; it keeps nothing on disk."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path

from tests.chaos.proxy import LOCAL, Proxy
from tests.tooling.private import answers, free_port

PATIENCE = 20.0

# The limits are those that docs/databases.md tells users to set.
URL = "redis://127.0.0.1:{}/0?socket_connect_timeout=1&socket_timeout=3"


class Redis:
    """A server that may be killed, and the way to it that may be cut."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._running: subprocess.Popen[bytes] | None = None
        self.start()
        self.proxy = Proxy(self.port)

    @property
    def url(self) -> str:
        """Return where the site finds it: behind the proxy."""
        return URL.format(self.proxy.port)

    def start(self) -> None:
        """Start it, empty, unless it runs; and wait until it answers."""
        if self._running is None:
            command = ["redis-server", "--bind", LOCAL, "--port", str(self.port)]
            with (self.folder / "redis.log").open("ab") as log:
                self._running = subprocess.Popen(
                    [*command, "--save", "", "--dir", str(self.folder)],
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        until = time.monotonic() + PATIENCE
        while not answers(self.port):
            if time.monotonic() > until:
                raise RuntimeError((self.folder / "redis.log").read_text())
            time.sleep(0.05)

    def kill(self) -> None:
        """End it; with it goes all that it had."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._running = None

    def flush(self) -> None:
        """Let it forget everything."""
        with socket.create_connection((LOCAL, self.port), timeout=5) as connection:
            connection.sendall(b"FLUSHALL\r\n")
            assert connection.recv(16).startswith(b"+OK")

    def calm(self) -> None:
        """End every fault of its own that lasts."""
        self.proxy.refuse(yes=False)
        self.proxy.stall(yes=False)
        self.start()

    def close(self) -> None:
        """End it and the way to it for good."""
        self.proxy.close()
        self.kill()


def is_missing() -> bool:
    """Return whether this machine has no Redis to start."""
    return shutil.which("redis-server") is None
