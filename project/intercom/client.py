"""A contact -> the API, however often it takes within reason."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from http.client import HTTPException

from cronmgmt import NonRetryable, Retry
from cronmgmt.outbound import Answer, fetch
from project.intercom.contacts import Contact
from project.intercom.limiter import Limiter, hold

PASSING = {408, 425, 429, 500, 502, 503, 504}
"""Statuses that say nothing about the contact: the same request may well succeed."""
MISPLACED = {401, 403, 404, 405}
"""Statuses that every other contact would get too."""

PATIENCE = 30.0
"""How many seconds of silence are waited for here; the run is put off for longer."""


class ContactRefused(Exception):
    """The API does not want this contact as it is."""


class Client:
    """What the site knows of the API: how to push a contact."""

    def __init__(
        self,
        base: str,
        token: str,
        limiter: Limiter,
        *,
        tries: int = 6,
        backoff: float = 0.25,
        timeout: float = 20.0,
    ) -> None:
        self._url = f"{base.rstrip('/')}/contacts"
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        self._limiter = limiter
        self._tries, self._backoff, self._timeout = tries, backoff, timeout

    def push(self, contact: Contact, key: str) -> None:
        """Return once the API has the contact.

        Raises ContactRefused for this one, NonRetryable when it would refuse any, and
        Retry when it cannot be talked to for now.
        """
        problem = ""
        for number in range(self._tries):
            self._put_off_a_long_wait()
            try:
                answer = self._send(contact, key, self._backoff * 2**number)
            except (OSError, HTTPException) as error:
                problem = f"{type(error).__name__}: {error}"
                continue
            if answer.status < 300:
                return
            _raise_for(answer)
            problem = f"status {answer.status}"
        raise Retry(f"The API did not take a contact {self._tries} times: {problem}.")

    def _put_off_a_long_wait(self) -> None:
        left = self._limiter.left
        if left > PATIENCE:
            wait = timedelta(seconds=left)
            raise Retry(f"The API wants silence for {left:.0f} seconds.", after=wait)

    def _send(self, contact: Contact, key: str, backoff: float) -> Answer:
        """Send it when its turn has come; after a failure the next turn comes later."""
        self._limiter.wait()
        silence = backoff
        try:
            answer = fetch(
                self._url,
                method="POST",
                headers={**self._headers, "Idempotency-Key": key},
                body=json.dumps(contact),
                timeout=self._timeout,
            )
            asked = hold(answer.headers, time.time())
            silence = asked if answer.status < 300 else max(asked, backoff)
            return answer
        finally:
            self._limiter.answered(silence)


def _raise_for(answer: Answer) -> None:
    """Raise unless the same request may succeed another time."""
    if answer.status in MISPLACED:
        raise NonRetryable(
            f"The API answered {answer.status}: check INTERCOM_URL and INTERCOM_TOKEN."
        )
    if answer.status not in PASSING:
        raise ContactRefused(f"status {answer.status}: {answer.body[:200]}")
