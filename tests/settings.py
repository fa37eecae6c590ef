"""The package alone, on the database and broker that the environment names.

CRONMGMT_TEST_DB      sqlite (default), postgresql, mariadb
CRONMGMT_TEST_BROKER  orm (default), redis
CRONMGMT_TEST_RUN     what this run's databases are called after; children inherit it,
                      so a process that a test starts sees the test's own tables
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import django

from tests.tooling.databases import broker, databases

TASKS_LIBRARY = "django.tasks" if django.VERSION >= (6, 0) else "django_tasks"
ROOT = Path(__file__).resolve().parent.parent
RUN = os.environ.setdefault("CRONMGMT_TEST_RUN", str(os.getpid()))

SECRET_KEY = "for the tests only"
ROOT_URLCONF = "tests.urls"
AUTH_USER_MODEL = "app.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Neither UTC nor without a summer time: a local or naive instant shows at once.
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

DATABASES = databases(os.environ, run=RUN, folder=ROOT / "var" / "tests")
Q_CLUSTER = {
    "name": f"cronmgmt-tests-{RUN}",
    "workers": 2,
    "timeout": 60,
    "retry": 120,
    "poll": 0.2,
    **broker(os.environ),
}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "cronmgmt",
    "django_q",
    "tests.app",
    *(["django_tasks"] if TASKS_LIBRARY == "django_tasks" else []),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
# Django 6 has the Tasks framework; on 5.2 the package brings it.
CRONMGMT_TASKS = "cronmgmt.tasks.CronmgmtBackend"
TASKS = {
    "default": {"BACKEND": CRONMGMT_TASKS, "QUEUES": ["default", "slow"]},
    "patient": {
        "BACKEND": CRONMGMT_TASKS,
        "QUEUES": [],
        "OPTIONS": {"max_attempts": 3, "backoff": timedelta(seconds=1)},
    },
    "other": {"BACKEND": f"{TASKS_LIBRARY}.backends.immediate.ImmediateBackend"},
}
STATIC_URL = "static/"
