"""How the site logs: a line that people read, or one JSON object a line."""

from __future__ import annotations

from typing import Any

JSON = {"()": "cronmgmt.telemetry.logs.JsonFormatter"}
TEXT = {
    "format": "{asctime} {levelname:<7} {message}",
    "datefmt": "%H:%M:%S",
    "style": "{",
}


def logging_settings(*, level: str, as_json: bool) -> dict[str, Any]:
    """Return Django's ``LOGGING``."""
    formatter = JSON if as_json else TEXT
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "line",
            },
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # They tell of every process and every request that comes and goes.
            "django-q": {"level": "WARNING"},
            "django.server": {
                "handlers": ["console"],
                "level": "WARNING",
                "propagate": False,
            },
        },
    }
