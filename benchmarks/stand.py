"""A contender that is set up: its database, its clerk and, at times, its workers."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks import servers
from benchmarks.contenders import Command, Contender
from benchmarks.environments import interpreter
from benchmarks.processes import ROOT, Process

PATIENCE = 120.0
"""Seconds without any progress after which a contender is taken for stuck."""


class WrongResult(Exception):
    """A contender did not do what it was asked to; its figures would mean nothing."""


class Stand:
    """What the parts measure on."""

    def __init__(self, contender: Contender, folder: Path, spec: dict[str, Any]):
        self.contender, self.folder, self.spec = contender, folder, spec
        self.starts = folder / "starts"
        self.python = interpreter(contender)
        self.processes: list[Process] = []
        self._clerk: subprocess.Popen[str] | None = None

    def environ(self, **more: str) -> dict[str, str]:
        """Return the environment of its processes."""
        redis = "Redis" in self.contender.broker
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": f"{self.contender.site}.settings",
            "BENCH_DATABASE": json.dumps(self.spec),
            "BENCH_BROKER": servers.REDIS_URL if redis else "orm",
            "BENCH_OPTIONS": json.dumps(dict(self.contender.options)),
            "BENCH_STARTS": str(self.starts),
            **more,
        }

    def migrate(self) -> None:
        """Make the tables."""
        command = [self.python, "-m", "django", "migrate", "--verbosity=0"]
        subprocess.run(command, cwd=ROOT, env=self.environ(), check=True)

    # Its clerk

    def ask(self, question: str, *arguments: Any) -> Any:
        """Have a method of its ``Site`` called in its own interpreter."""
        clerk = self._clerk = self._clerk or self._hire()
        assert clerk.stdin and clerk.stdout
        clerk.stdin.write(json.dumps([question, arguments]) + "\n")
        clerk.stdin.flush()
        answer = json.loads(clerk.stdout.readline() or '{"error": "the clerk died"}')
        if "error" in answer:
            raise WrongResult(f"{self.contender.key}, {question}: {answer['error']}")
        return answer["value"]

    def _hire(self) -> subprocess.Popen[str]:
        module = "benchmarks.sites.clerk"
        with (self.folder / "clerk.log").open("ab") as log:
            return subprocess.Popen(
                [self.python, "-m", module, self.contender.site],
                cwd=ROOT,
                env=self.environ(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )

    def dismiss(self) -> None:
        """End the clerk."""
        if self._clerk is not None:
            assert self._clerk.stdin
            self._clerk.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._clerk.wait(5)
            self._clerk.kill()
            self._clerk.wait()
            self._clerk = None

    def clear(self) -> None:
        """Make it as if nothing had been measured on it yet."""
        self.ask("clear")
        self.starts.write_text("")
        if "Redis" in self.contender.broker:
            servers.clear_redis()

    # Its workers

    @contextlib.contextmanager
    def working(self, *, schedules: bool = False, due: str = "") -> Iterator[None]:
        """Run its worker processes, and what it has for schedules if asked to."""
        commands = [*self.contender.workers]
        if schedules:
            commands += self.contender.schedulers
        try:
            for number, command in enumerate(commands):
                self._start(command, number, due)
            yield
        finally:
            self.stop()

    def _start(self, command: Command, number: int, due: str) -> None:
        log = self.folder / f"process-{number}.log"
        environ = self.environ(**({"BENCH_DUE": due} if due else {}))
        self.processes.append(Process([self.python, "-m", *command], environ, log))

    def stop(self) -> None:
        """End its processes, all at once and in order."""
        for process in self.processes:
            process.ask_to_stop()
        while self.processes:
            self.processes.pop().end()

    def pids(self) -> list[int]:
        """Return the ids of all its processes."""
        return [pid for process in self.processes for pid in process.family()]

    def warm_up(self) -> None:
        """Wait until its workers work, and a moment more for the other one."""
        before = self.ask("finished")
        self.ask("queue", 4)
        self.wait_for(lambda: self.ask("finished") - before == 4, "4 runs to warm up")
        time.sleep(1.0)

    def wait_for(
        self, is_done: Callable[[], bool], what: str, within: float = PATIENCE
    ) -> None:
        """Look every 50 ms until it is done; WrongResult after ``within`` seconds."""
        until = time.monotonic() + within
        while not is_done():
            dead = [process for process in self.processes if not process.is_alive()]
            if dead or time.monotonic() > until:
                log = dead[0].log.read_text()[-2000:] if dead else "no progress"
                raise WrongResult(f"{self.contender.key}, waiting for {what}: {log}")
            time.sleep(0.05)

    def noted(self) -> list[tuple[str, float]]:
        """Return the starts that handlers noted: label and time."""
        lines = self.starts.read_text().splitlines()
        return [(label, float(at)) for label, at in (line.split() for line in lines)]


@contextlib.contextmanager
def set_up(
    contender: Contender, folder: Path, server: servers.PostgreSQL | None = None
) -> Iterator[Stand]:
    """Make a contender's database and tables, and take all of it down in the end."""
    own = folder / contender.key
    own.mkdir(parents=True)
    with servers.database(contender.database, contender.key, own, server) as spec:
        stand = Stand(contender, own, spec)
        try:
            stand.migrate()
            yield stand
        finally:
            stand.stop()
            stand.dismiss()
