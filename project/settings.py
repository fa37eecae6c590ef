"""The demo site's settings; ``.env.example`` lists what the environment may say."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from environ import Env

from project.databases import database
from project.login import login_settings
from project.logs import logging_settings
from project.secret import secret_key

ROOT = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(ROOT / ".env")

# What the site makes: databases, the secret key. Nothing of it is ever committed.
VAR = Path(env.str("DEMO_VAR", default=str(ROOT / "var")))
VAR.mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", default=env.bool("DEMO", default=False))
SECRET_KEY = env.str("SECRET_KEY", default="") or secret_key(VAR / "secret-key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])

DATABASES = {
    "default": database(env.str("DATABASE_URL", default=""), VAR / "demo.sqlite3"),
    "source": database(
        env.str("SOURCE_DATABASE_URL", default=""), VAR / "source.sqlite3"
    ),
    "target": database(
        env.str("TARGET_DATABASE_URL", default=""), VAR / "target.sqlite3"
    ),
}
DATABASE_ROUTERS = ["project.routers.HomeRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # Before django_q: its qcluster also runs the scheduler.
    "cronmgmt",
    "django_q",
    "project",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
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
ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
ASGI_APPLICATION = "project.asgi.application"

USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"

# Without a provider people log in with a password; see docs/login.md.
if env.str("OIDC_ISSUER", default=""):
    vars().update(login_settings(env))
    AUTHENTICATION_BACKENDS = [
        "cronmgmt.oidc.backend.Backend",
        "django.contrib.auth.backends.ModelBackend",
    ]
    MIDDLEWARE += [
        "cronmgmt.oidc.middleware.RollingSession",
        "cronmgmt.oidc.middleware.Renewal",
    ]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/cron/"
LOGOUT_REDIRECT_URL = "login"

# Cookies of other sites on the same machine are left alone.
SESSION_COOKIE_NAME = "cronmgmt_session"
CSRF_COOKIE_NAME = "cronmgmt_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("HTTPS", default=not DEBUG)

# Without a server, mail goes into files.
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
elif DEBUG:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR / "mail"
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default="platform@example.org")

# The contacts' API; with DEBUG on, the site has a stand-in for it.
INTERCOM_URL = env.str("INTERCOM_URL", default="")
if DEBUG and not INTERCOM_URL:
    INTERCOM_URL = f"http://127.0.0.1:{env.int('PORT', default=8000)}/stand-in/intercom"
    os.environ.setdefault("INTERCOM_TOKEN", "demo")

Q_CLUSTER = {
    "name": "demo",
    "label": "django-q2",
    "orm": "default",
    "workers": 2,
    "poll": 0.2,
    "timeout": 600,
    "retry": 660,
}
CRONMGMT = {
    "SERVICE": "platform",
    "OIDC_ISSUER": env.str("OIDC_ISSUER", default=""),
    "OIDC_ROLES_CLAIM": env.list("OIDC_ROLES_CLAIM", default=["roles"]),
    "OIDC_ROLES": env.dict("OIDC_ROLES", default={}),
    "OIDC_API_AUDIENCE": env.str("OIDC_API_AUDIENCE", default=""),
    "TRUSTED_PROXIES": env.int("TRUSTED_PROXIES", default=0),
    # What a platform's cron sends along; without it there is no such endpoint.
    "CRON_SECRET": env.str("CRON_SECRET", default=""),
    "CRON_SECRET_BEFORE": env.str("CRON_SECRET_BEFORE", default=""),
    # Longer than a writer may have to wait for its turn on SQLite.
    "LEASE": timedelta(seconds=60),
    # Who stops the demo does not want to wait for what it plays at.
    "SHUTDOWN_GRACE": timedelta(seconds=3 if DEBUG else 20),
    "HTTP_HOSTS": [urlsplit(INTERCOM_URL).hostname] if INTERCOM_URL else [],
    "HTTP_PRIVATE_HOSTS": ["127.0.0.1"] if DEBUG else [],
}

LOGGING = logging_settings(
    level=env.str("LOG_LEVEL", default="INFO"),
    as_json=env.bool("LOG_JSON", default=False),
)
