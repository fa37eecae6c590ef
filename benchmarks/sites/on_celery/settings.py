"""celery with beat's schedules and the results in the database, messages in Redis.

Connections are kept between tasks (``CELERY_DB_REUSE_MAX``, see ``work.py``), where the
default is a new one for each; messages are fetched ahead.
"""

from __future__ import annotations

from benchmarks.sites.environment import BROKER, CONTRIB, DATABASES, LOGGING

__all__ = ["DATABASES", "LOGGING"]

SECRET_KEY = "for the benchmarks only"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
INSTALLED_APPS = [*CONTRIB, "django_celery_beat", "django_celery_results"]

CELERY_BROKER_URL = BROKER
CELERY_TIMEZONE = TIME_ZONE
CELERY_RESULT_BACKEND = "django-db"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_WORKER_PREFETCH_MULTIPLIER = 16
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_RESULT_EXPIRES = None  # No schedule of its own that cleans up.

BENCH_DB_REUSE_MAX = 1_000_000
