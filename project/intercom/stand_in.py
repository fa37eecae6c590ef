"""A tiny contacts' API for the demo and the tests: it counts what it is asked."""

from __future__ import annotations

import json
import math
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

WINDOW = 1.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What the API answers."""

    status: int
    content: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


class StandIn:
    """Contacts in memory, a limit of requests in any second, a reply for each key."""

    def __init__(
        self,
        token: str,
        *,
        per_second: int = 50,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.token, self.per_second = token, per_second
        self.contacts: dict[str, Any] = {}
        self.counts: Counter[str] = Counter(
            effects=0, replays=0, duplicates=0, breaches=0
        )
        """Duplicates: effects that told the API what it knew already."""
        self._clock = clock
        self._arrivals: deque[float] = deque()
        self._replies: dict[str, Reply] = {}
        self._lock = threading.Lock()

    def receive(self, authorization: str, key: str, body: str) -> Reply:
        """Answer a request to push a contact."""
        with self._lock:
            headers = self._limits()
            if headers.get("Retry-After"):
                self.counts["breaches"] += 1
                return Reply(HTTPStatus.TOO_MANY_REQUESTS, {}, headers)
            reply = self._answer(authorization, key, body)
            return Reply(reply.status, reply.content, headers)

    def _limits(self) -> dict[str, str]:
        """Count a request, and say how many more may come."""
        now = self._clock()
        while self._arrivals and self._arrivals[0] <= now - WINDOW:
            self._arrivals.popleft()
        self._arrivals.append(now)
        left = self.per_second - len(self._arrivals)
        wait = math.ceil(self._arrivals[0] + WINDOW - now)
        headers = {
            "X-RateLimit-Limit": str(self.per_second),
            "X-RateLimit-Remaining": str(max(left, 0)),
            "X-RateLimit-Reset": str(math.ceil(time.time()) + wait),
        }
        return headers if left >= 0 else {**headers, "Retry-After": str(wait)}

    def _answer(self, authorization: str, key: str, body: str) -> Reply:
        if not self.token or authorization != f"Bearer {self.token}":
            return Reply(HTTPStatus.UNAUTHORIZED, {"error": "The token is wrong."})
        if not key:
            return Reply(HTTPStatus.BAD_REQUEST, {"error": "No Idempotency-Key."})
        if key in self._replies:
            self.counts["replays"] += 1
            return self._replies[key]
        try:
            contact = json.loads(body)
            number = contact["external_id"]
        except (ValueError, TypeError, KeyError):
            return Reply(HTTPStatus.UNPROCESSABLE_ENTITY, {"error": "No contact."})
        self._replies[key] = self._keep(number, contact)
        return self._replies[key]

    def _keep(self, number: str, contact: dict[str, Any]) -> Reply:
        self.counts["effects"] += 1
        self.counts["duplicates"] += self.contacts.get(number) == contact
        self.contacts[number] = contact
        return Reply(HTTPStatus.OK, {"type": "contact", "external_id": number})
