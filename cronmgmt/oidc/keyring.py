"""The provider's public keys, kept for a while -> the one that signed a token.

Whatever tokens are sent, and whether it answers or not, the provider is asked at most
every AGAIN seconds by each process.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import jwt
import requests
from django.utils.translation import gettext as _
from mozilla_django_oidc.utils import import_from_settings
from requests import RequestException

from cronmgmt.errors import ProviderAway

FRESH = 600.0
"""Seconds after which the keys are asked for anew: one taken back counts so long."""
STALE = 3600.0
"""Seconds for which keys count that cannot be asked for anew."""
AGAIN = 15.0
"""Seconds between two questions: so soon a new key is known."""

MOST_BYTES = 131_072
TIMEOUT = 10.0

Keys = list[dict[str, Any]]


class Keyring:
    """The keys of one provider; ``clock`` counts seconds."""

    def __init__(
        self, ask: Callable[[], Keys], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask, self._clock = ask, clock
        self._lock = threading.Lock()
        self._keys: Keys = []
        self._got_at = self._asked_at = float("-inf")

    def key_for(self, header: Mapping[str, Any]) -> jwt.PyJWK:
        """Return the key that signed a token of that header.

        Raises ProviderAway if that cannot be known now, and jwt.PyJWTError if there is
        no such key.
        """
        if self._age() > FRESH:
            self._renew()
        fitting = self._fitting(header)
        if not fitting:
            self._renew()  # It may be a new one.
            fitting = self._fitting(header)
        if not fitting and self._asked_at > self._got_at:
            raise _away()
        if len(fitting) != 1:
            raise jwt.InvalidKeyError(f"{len(fitting)} keys fit the token.")
        return jwt.PyJWK(fitting[0], header["alg"])

    def _fitting(self, header: Mapping[str, Any]) -> Keys:
        if self._age() > STALE:
            raise _away()
        return [key for key in self._keys if fits(key, header)]

    def _age(self) -> float:
        return self._clock() - self._got_at

    def _renew(self) -> None:
        """Ask for the keys, unless it was done, or tried, a moment ago."""
        with self._lock:
            now = self._clock()
            if now - self._asked_at < AGAIN:
                return
            try:
                self._keys, self._got_at = self._ask(), self._clock()
                self._asked_at = self._got_at
            except (RequestException, LookupError, TypeError, ValueError):
                self._asked_at = self._clock()  # After it: the answer may take long.


def fits(key: Mapping[str, Any], header: Mapping[str, Any]) -> bool:
    """Return whether a key of the provider may have signed a token of that header.

    RFC 7515, section 4.1.4: ``kid`` is optional.
    """
    is_named = header.get("kid") in (None, key.get("kid"))
    is_kind = key.get("alg") in (None, header.get("alg"))
    return is_named and is_kind and key.get("use", "sig") == "sig"


@lru_cache(maxsize=8)
def keyring(url: str) -> Keyring:
    """Return the keys that are published there, as this process knows them."""
    return Keyring(lambda: download(url))


def download(url: str) -> Keys:
    """Return what stands at the address of a provider's keys.

    Raises RequestException, LookupError, TypeError or ValueError.
    """
    given = import_from_settings("OIDC_TIMEOUT", None) or TIMEOUT
    until = time.monotonic() + (given if isinstance(given, int | float) else TIMEOUT)
    body = bytearray()
    with requests.get(
        url,
        stream=True,
        timeout=given,
        verify=import_from_settings("OIDC_VERIFY_SSL", True),
        proxies=import_from_settings("OIDC_PROXY", None),
    ) as answer:
        answer.raise_for_status()
        # Byte by byte: the time-out of the library is that of each, not of them all.
        for piece in answer.iter_content(1):
            body += piece
            if len(body) > MOST_BYTES or time.monotonic() > until:
                raise RequestException("The keys are too long, or take too long.")
    keys = json.loads(bytes(body))["keys"]
    return [key for key in keys if isinstance(key, dict)]


def _away() -> ProviderAway:
    return ProviderAway(
        _("The login provider cannot be asked for its keys now; try again soon.")
    )
