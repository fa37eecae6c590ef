"""cronmgmt as a site sets it up: ``manage.py qcluster`` with two workers."""

from __future__ import annotations

from benchmarks.sites.environment import (
    BROKER,
    CONTRIB,
    DATABASES,
    LOGGING,
    OPTIONS,
    WORKERS,
)

__all__ = ["DATABASES", "LOGGING"]

SECRET_KEY = "for the benchmarks only"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
INSTALLED_APPS = [
    *CONTRIB,
    "cronmgmt",
    "django_q",
    "benchmarks.sites.on_cronmgmt",
]
Q_CLUSTER = {
    "name": "bench",
    "workers": WORKERS,
    "timeout": 60,
    "retry": 120,
    "log_level": "WARNING",
    **({"orm": "default"} if BROKER == "orm" else {"redis": BROKER}),
}
CRONMGMT = OPTIONS
