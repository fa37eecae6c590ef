"""``manage.py qcluster``: the node, on django-q2's workers."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django_q.management.commands.qcluster import Command as QCluster

from cronmgmt.engine.cluster.node import Cluster
from cronmgmt.engine.node import Node


class Command(QCluster):
    """Django-q2's command, with the scheduler of cronmgmt in its parent process."""

    help = "Start a node: the scheduler and django-q2's workers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--no-scheduler",
            action="store_true",
            help="Only work; another node schedules.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["run_once"]:
            super().handle(*args, **options)
            return
        if options.get("cluster_name"):
            os.environ["Q_CLUSTER_NAME"] = options["cluster_name"]
        Node(Cluster(), schedules=not options["no_scheduler"]).run()
