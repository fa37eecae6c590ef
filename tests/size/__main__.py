"""Fill a database of its own, and print what the engine's steps cost then.

    python -m tests.size --runs 1000000 --jobs 10000 --queued 100000

CRONMGMT_TEST_DB says on which database. Figures are for reading; that each occurrence
is there exactly once, and that statements use indexes, is asserted.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
from pathlib import Path

import django

from tests.scenarios.processes import Process


def main():
    parser = argparse.ArgumentParser(prog="tests.size", description=__doc__)
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--queued", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=240, help="the longest prune")
    parser.add_argument("--days", type=int, default=180, help="of history; 90 are kept")
    parser.add_argument("--only", choices=["prune"], help="leave out the other steps")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "tests.scenarios.site.settings",
            "SITE_NAME": f"size{os.getpid()}",
            "SITE_FOLDER": folder,
            "SITE_LOGS": folder,
            "SITE_WITNESS": f"{folder}/witness",
            "SITE_APPS": "tests.scenarios.site.ticking",
            "PYTHONPATH": str(Path.cwd()),
        }
        django.setup()
        logging.disable(logging.INFO)
        return measure(options)


def measure(options):
    # Models can be imported only now.
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    connection.creation._create_test_db(verbosity=0, autoclobber=True)
    try:
        call_command("migrate", verbosity=0)
        from tests.size.steps import Steps  # noqa: PLC0415

        print(f"{connection.vendor}: {options.runs:,} runs of history")  # noqa: T201
        steps = Steps(options)
        steps.fill()
        if not options.only:
            steps.schedule()
            steps.claim()
            steps.explain()
        steps.prune(start_node)
        return 0
    finally:
        name = connection.settings_dict["NAME"]
        connection.close()
        connection.creation._destroy_test_db(name, verbosity=0)


def start_node():
    """Start a node on the same database, with two workers and a job a second."""
    return Process("node", "qcluster", environ=dict(os.environ))


if __name__ == "__main__":
    sys.exit(main())
