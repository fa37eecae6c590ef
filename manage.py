#!/usr/bin/env python
"""The demo site's command line; ``manage.py demo`` starts all of it."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one command with the demo site's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    if sys.argv[1:2] == ["demo"]:
        # Only a default: DEBUG=false in the environment or in .env stays.
        os.environ.setdefault("DEMO", "true")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
