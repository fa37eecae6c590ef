"""Asking a site's web server, as a platform's cron does."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

SECRET = "the-secret-of-the-scenarios"


def tick(url: str) -> tuple[int, dict[str, Any]]:
    """Have the site do a tick; returns the status and what it answered."""
    return ask(f"{url}/api/jobs/process-pending", method="POST")


def ask(url: str, method: str = "GET") -> tuple[int, dict[str, Any]]:
    """Return the status and the JSON of an answer."""
    headers = {"X-Cron-Secret": SECRET}
    request = urllib.request.Request(url, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
