"""Environment -> what every site's settings are made of.

BENCH_DATABASE  ``DATABASES["default"]`` as JSON
BENCH_BROKER    orm, or the URL of the Redis database to use
BENCH_OPTIONS   what this contender sets otherwise than its site does, as JSON
BENCH_STARTS    the file to which handlers append when they were started
BENCH_DUE       schedules that the code declares: ``count@epoch``; only procrastinate's
                are in code
"""

from __future__ import annotations

import json
import os
from typing import Any

DATABASE: dict[str, Any] = json.loads(os.environ["BENCH_DATABASE"])
BROKER = os.environ.get("BENCH_BROKER", "orm")
OPTIONS: dict[str, Any] = json.loads(os.environ.get("BENCH_OPTIONS", "{}"))
STARTS = os.environ["BENCH_STARTS"]
DUE = os.environ.get("BENCH_DUE", "")

WORKERS = 2

# Each contender may keep its connections; celery wants a setting of its own besides.
DATABASES = {"default": {"CONN_MAX_AGE": 600, **DATABASE}}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(process)d %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
CONTRIB = ["django.contrib.auth", "django.contrib.contenttypes"]
