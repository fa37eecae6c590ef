"""The host site of the scenarios; the environment says which one of many it is.

SITE_NAME, SITE_FOLDER  its database and cluster are called after the one, its files
                        are in the other
SITE_APPS               apps with jobs to add, separated by commas
SITE_CRONMGMT           the setting CRONMGMT as JSON; a float is a number of seconds
SITE_WORKERS            how many worker processes django-q2 has
SITE_RECYCLE            after how many tasks django-q2 replaces a worker
"""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

from tests.tooling.databases import broker, databases

NAME = os.environ["SITE_NAME"]
FOLDER = Path(os.environ["SITE_FOLDER"])

SECRET_KEY = "for the scenarios only"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

DATABASES = databases(os.environ, run=NAME, folder=FOLDER)
del DATABASES["other"]

Q_CLUSTER = {
    "name": f"site-{NAME}",
    "workers": int(os.environ.get("SITE_WORKERS", "2")),
    "recycle": int(os.environ.get("SITE_RECYCLE", "500")),
    "timeout": 60,
    "retry": 120,
    "poll": 0.2,
    **broker(os.environ),
}
CRONMGMT = {
    name: timedelta(seconds=value) if isinstance(value, float) else value
    for name, value in json.loads(os.environ.get("SITE_CRONMGMT", "{}")).items()
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "cronmgmt",
    "django_q",
    "tests.scenarios.site",
    *filter(None, os.environ.get("SITE_APPS", "").split(",")),
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(process)d %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
