"""Plain django-q2, with settings that favour it.

``save_limit`` 0 keeps every result and spares it the pruning, ``bulk`` takes several
messages at a time from the broker, and the queue in memory is long enough for them.
"""

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
INSTALLED_APPS = [*CONTRIB, "django_q"]
Q_CLUSTER = {
    "name": "bench",
    "workers": WORKERS,
    "timeout": 60,
    "retry": 120,
    "save_limit": 0,
    "bulk": 10,
    "queue_limit": 50,
    "log_level": "WARNING",
    **({"orm": "default"} if BROKER == "orm" else {"redis": BROKER}),
    **OPTIONS,
}
