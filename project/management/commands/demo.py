"""``manage.py demo``: tables, data, logins, web server and cluster, by one command."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from project.demo import history, logins, ports, schedules, tables
from project.demo.processes import Ended, Processes

GRACE = 40.0
"""Seconds; the cluster gives running work its own grace within this."""


class Command(BaseCommand):
    """Prepares, starts two processes, and waits."""

    help = "Start the demo site: tables, data, logins, web server and cluster."
    requires_system_checks: list[str] = []  # The two processes check for themselves.

    def add_arguments(self, parser: ArgumentParser) -> None:
        port = os.environ.get("PORT", "8000")
        parser.add_argument("--port", type=int, default=port)
        parser.add_argument(
            "--no-cluster", action="store_true", help="only the web server"
        )
        parser.add_argument(
            "--reset", action="store_true", help="begin with new SQLite files"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse(options["port"])
        if options["reset"]:
            tables.delete_files(settings.DATABASES.values())
        self._prepare()
        try:
            self._run(options["port"], cluster=not options["no_cluster"])
        except Ended as error:
            raise CommandError(f"{error} The demo stops.") from None

    def _refuse(self, port: int) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "The demo makes logins whose password everybody knows, so it starts "
                "only with DEBUG=true. Never set that on a public server."
            )
        if not ports.is_free(port):
            raise CommandError(
                f"Port {port} is taken. Stop what uses it, or choose another: "
                "PORT=8001 make demo"
            )

    def _prepare(self) -> None:
        tables.make_tables()
        is_new = tables.make_members()
        tables.make_the_rest()
        logins.make_logins()
        history.make_history()
        schedules.quicken()
        schedules.rest()
        schedules.start_something_long()
        if is_new:
            schedules.fill_the_copies()

    def _run(self, port: int, *, cluster: bool) -> None:
        address = f"{ports.HOST}:{port}"
        # For the jobs: the stand-in for the contacts' API is a part of the web server.
        os.environ["PORT"] = str(port)
        with Processes(GRACE).together() as processes:
            processes.start(
                "web server", "runserver", "--noreload", address, quiet=True
            )
            if cluster:
                processes.start("cluster", "qcluster")
            if processes.wait(until=lambda: ports.answers(port)):
                self._welcome(address)
                processes.wait()

    def _welcome(self, address: str) -> None:
        lines = [f"  {name:<10}{what}" for name, what in logins.LOGINS.items()]
        self.stdout.write(
            f"\nhttp://{address}/   the password of all logins is: {logins.PASSWORD}\n"
            + "\n".join(lines)
            + "\nCtrl-C stops the demo.\n"
        )
        self.stdout.flush()
