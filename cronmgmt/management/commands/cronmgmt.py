"""``manage.py cronmgmt VERB``: everything that can be done from a shell."""

from __future__ import annotations

import os
import signal
import sys
from argparse import ArgumentParser
from difflib import get_close_matches
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from cronmgmt.errors import CronmgmtError, UnknownJob
from cronmgmt.management import verbs
from cronmgmt.models import ScheduledJob


class Command(BaseCommand):
    """Hands over to the verb; what it refuses becomes a message and exit status 1."""

    help = "See and steer scheduled jobs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        for name, verb in verbs.VERBS.items():
            verb.add_arguments(commands.add_parser(name, help=verb.HELP))

    def execute(self, *args: Any, **options: Any) -> str | None:
        verb = verbs.VERBS.get(str(options.get("verb")))
        # Django would end here with what its checks say.
        skips = getattr(verb, "MAKES_ITS_OWN_CHECKS", False)
        options["skip_checks"] = options.get("skip_checks") or skips
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        verb = verbs.VERBS[options["verb"]]
        try:
            verb.handle(self.stdout, options)
            self.stdout.flush()
        except BrokenPipeError:
            _leave_the_pipe()
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        except UnknownJob as error:
            raise CommandError(f"{error}{_nearest(options)}") from None
        except CronmgmtError as error:
            raise CommandError(str(error)) from None


def _leave_the_pipe() -> None:
    """End as programs do whose reader, ``head`` for one, has seen enough."""
    # What is still buffered would be written at exit, and fail once more.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(128 + signal.SIGPIPE)


def _nearest(options: dict[str, Any]) -> str:
    """Return a question after the job that was meant, where one is called alike."""
    names = set(ScheduledJob.objects.values_list("name", flat=True))
    asked = options.get("names") or [options.get("name")]
    meant = next((str(each) for each in asked if each not in names), "")
    near = get_close_matches(meant, sorted(names), 1)
    return f" Did you mean {near[0]}?" if near else ""
