"""A server of its own for one command, ended with it.

    python -m tests.tooling.private pgbouncer pytest tests/engine

``pgbouncer`` pools transactions in front of PostgreSQL. ``mariadb`` is a server whose
time zone is +02:00, with the time zone tables that few servers have.
"""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg

from tests.tooling.databases import service_url

PATIENCE = 60.0
LOCAL = "127.0.0.1"
ZONES = Path("/usr/share/zoneinfo")
ZONE = "Europe/Amsterdam"

POOLER = """
[databases]
* = host={host} port={port} user={user} {password}
[pgbouncer]
listen_addr = {local}
listen_port = {own_port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
server_reset_query_always = 1
default_pool_size = 10
max_client_conn = 200
"""


@contextmanager
def pgbouncer(folder: Path) -> Iterator[dict[str, str]]:
    """Run a PgBouncer; yield what makes the tests use it."""
    server = service_url("postgresql", os.environ)
    port = free_port()
    config = folder / "pgbouncer.ini"
    config.write_text(
        POOLER.format(
            host=server.hostname,
            port=server.port,
            user=server.username,
            password=f"password={server.password}" if server.password else "",
            local=LOCAL,
            own_port=port,
        )
    )
    command = ["pgbouncer", "-q", str(config)]
    if getpass.getuser() == "root":
        command[1:1] = ["-u", "nobody"]  # It refuses to be root.
    run = f"pool{os.getpid()}"
    with process(command, folder / "log", lambda: answers(port)):
        yield {
            "CRONMGMT_TEST_DB": "pgbouncer",
            "CRONMGMT_TEST_PGBOUNCER_URL": f"postgresql://{server.username}@{LOCAL}:{port}",
            "CRONMGMT_TEST_RUN": run,
        }
    # The pooler held connections to these until now: only their tests are over.
    with psycopg.connect(server.geturl() + "/postgres", autocommit=True) as connection:
        for name in (f"cronmgmt_test_{run}", f"cronmgmt_test_{run}_other"):
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def mariadb(folder: Path) -> Iterator[dict[str, str]]:
    """Run a MariaDB whose clock shows another time; yield what makes the tests use it."""
    port, data = free_port(), folder / "data"
    common = ["--no-defaults", f"--datadir={data}", f"--user={getpass.getuser()}"]
    install = ["--auth-root-authentication-method=normal", "--skip-test-db"]
    subprocess.run(
        ["mariadb-install-db", *common, *install], check=True, stdout=subprocess.DEVNULL
    )
    command = [
        shutil.which("mariadbd") or "/usr/sbin/mariadbd",
        *common,
        "--default-time-zone=+02:00",
        f"--bind-address={LOCAL}",
        f"--port={port}",
        f"--socket={folder / 'socket'}",
        "--innodb-flush-log-at-trx-commit=0",
        "--character-set-server=utf8mb4",
    ]
    with process(command, folder / "log", lambda: answers(port)):
        zone = ["mariadb-tzinfo-to-sql", str(ZONES / ZONE), ZONE]
        tables = subprocess.run(zone, check=True, stdout=subprocess.PIPE).stdout
        client = ["mariadb", f"--socket={folder / 'socket'}", "--user=root", "mysql"]
        subprocess.run(client, check=True, input=tables)
        yield {
            "CRONMGMT_TEST_DB": "mariadb",
            "CRONMGMT_TEST_MARIADB_URL": f"mariadb://root@{LOCAL}:{port}",
        }


@contextmanager
def redis(folder: Path, port: int) -> Iterator[None]:
    """Run a Redis that keeps nothing."""
    command = ["redis-server", "--bind", LOCAL, "--port", str(port), "--save", ""]
    with process(
        [*command, "--dir", str(folder)], folder / "log", lambda: answers(port)
    ):
        yield


@contextmanager
def process(
    command: Sequence[str], log: Path, is_up: Callable[[], bool]
) -> Iterator[None]:
    """Run a server for the length of the block."""
    with (
        log.open("w") as output,
        subprocess.Popen(command, stdout=output, stderr=output) as running,
    ):
        try:
            until = time.monotonic() + PATIENCE
            while not is_up():
                if running.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"{command[0]} does not run: {log.read_text()}")
                time.sleep(0.05)
            yield
        finally:
            running.terminate()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((LOCAL, 0))
        return int(listener.getsockname()[1])


def answers(port: int) -> bool:
    try:
        socket.create_connection((LOCAL, port), timeout=1).close()
    except OSError:
        return False
    return True


SERVERS: dict[str, Callable[[Path], AbstractContextManager[dict[str, str]]]] = {
    "mariadb": mariadb,
    "pgbouncer": pgbouncer,
}


def main(arguments: Sequence[str]) -> int:
    """Start the server, run the command as a module of Python, end the server."""
    kind, *command = arguments
    # Not in var/: a pooler that is nobody must be able to read it.
    with tempfile.TemporaryDirectory(prefix="cronmgmt-") as name:
        Path(name).chmod(0o755)
        with SERVERS[kind](Path(name)) as environ:
            return _run([sys.executable, "-m", *command], {**os.environ, **environ})


def _run(command: Sequence[str], environ: dict[str, str]) -> int:
    with subprocess.Popen(command, env=environ) as running:
        # What is interrupted ends in its own time, and has its server until then.
        signal.signal(signal.SIGINT, lambda *_: running.send_signal(signal.SIGINT))
        return running.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
