"""cronmgmt's dashboard as a site includes it, with sessions in the database."""

from __future__ import annotations

from benchmarks.sites.environment import CONTRIB, DATABASES, LOGGING, OPTIONS

__all__ = ["DATABASES", "LOGGING"]

SECRET_KEY = "for the benchmarks only"
ROOT_URLCONF = "benchmarks.sites.on_pages.urls"
ALLOWED_HOSTS = ["testserver"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "static/"
INSTALLED_APPS = [
    *CONTRIB,
    "django.contrib.admin",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "cronmgmt",
    "django_q",
]
MIDDLEWARE = [
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
            ]
        },
    }
]
Q_CLUSTER = {"name": "bench-pages", "timeout": 60, "retry": 120, "orm": "default"}
CRONMGMT = OPTIONS
