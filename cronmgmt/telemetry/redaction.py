"""Secrets taken out of text and JSON before anything of a run is stored or logged.

Masked are: the values of settings and environment variables whose names look secret,
passwords inside URLs and connection strings, what stands behind words such as
``password=``, bearer tokens, the secrets that the handler was given, and whatever the
site's own patterns (``CRONMGMT["REDACT"]``) match.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.core.signals import setting_changed

from cronmgmt.conf import conf, every_setting

MASK = "********"

FOLDERS = ("PWD",)
"""Environment variables that name the current folder, which every traceback has."""

SHORTEST = 4
"""Shorter values are words rather than secrets: masking them would garble text."""

_SECRET_NAME = re.compile(
    r"SECRET|TOKEN|PASSWORD|PASSWD|PASSPHRASE|(?:^|_)PASS$|(?:^|_)PWD$|API_?KEY|"
    r"PRIVATE|CREDENTIAL|ACCESS_KEY|(?:^|_)KEY$|SIGNATURE",
    re.IGNORECASE,
)
_HARMLESS_NAME = re.compile(
    r"(?:VALIDATORS|HASHERS|_NAME|_CLASS|_BACKEND|_URL|_TIMEOUT|_AGE|_FIELD|_HEADER)$",
    re.IGNORECASE,
)
# No pattern may look far ahead from every place: that takes minutes for a long line.
_IN_URL = re.compile(
    r"(\b[a-z][a-z0-9+.-]{0,30}://[^\s/:@'\"]{0,200}:)([^\s@'\"/]+)(?=@)", re.I
)
_BEHIND_A_WORD = re.compile(
    r"""(?<![^\W_])((?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|
    access[_-]?key|private[_-]?key)["']?\s*(?:=>|=|:)\s*)
    ("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,;&)\]}]+)""",
    re.IGNORECASE | re.VERBOSE,
)
_BEARER = re.compile(r"\b(Bearer|Basic)(\s+)[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)


class Redactor:
    """Masks secrets; ``secrets`` are values known besides those of the site."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        own = {secret for secret in secrets if len(secret) >= SHORTEST}
        self._known = _any_of(_site_secrets() | own) if own else _site_pattern()

    def text(self, text: str) -> str:
        """Return ``text`` with every secret masked."""
        if not text:
            return text
        if self._known is not None:
            text = self._known.sub(MASK, text)
        text = _IN_URL.sub(rf"\g<1>{MASK}", text)
        text = _BEHIND_A_WORD.sub(rf"\g<1>{MASK}", text)
        text = _BEARER.sub(rf"\g<1>\g<2>{MASK}", text)
        for pattern in _own_patterns(tuple(conf.REDACT)):
            text = pattern.sub(MASK, text)
        return text

    def json(self, value: Any) -> Any:
        """Return JSON data with every secret masked, by its text and by its key."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.json(item) for item in value]
        if isinstance(value, dict):
            return {key: self._entry(str(key), item) for key, item in value.items()}
        return value

    def _entry(self, key: str, value: Any) -> Any:
        is_secret = isinstance(value, str | int | float) and looks_secret(key)
        return MASK if is_secret and not isinstance(value, bool) else self.json(value)


def looks_secret(name: str) -> bool:
    """Return whether what stands under that name is to be kept out of sight."""
    return bool(_SECRET_NAME.search(name)) and not _HARMLESS_NAME.search(name)


def _any_of(values: Iterable[str]) -> re.Pattern[str] | None:
    # Longest first: a secret that begins with another must go as a whole.
    ordered = sorted(values, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))) if ordered else None


@lru_cache(maxsize=1)
def _site_pattern() -> re.Pattern[str] | None:
    return _any_of(_site_secrets())


@lru_cache(maxsize=1)
def _site_secrets() -> frozenset[str]:
    found = set(_in_settings(every_setting()))
    found.update(
        value
        for name, value in os.environ.items()
        if looks_secret(name) and name not in FOLDERS
    )
    for value in os.environ.values():
        found.update(match[1] for match in _IN_URL.findall(value))
    return frozenset(value for value in found if len(value) >= SHORTEST)


def _in_settings(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _in_settings(inner, str(key))
    elif isinstance(value, list | tuple | set):
        for inner in value:
            yield from _in_settings(inner, name)
    elif isinstance(value, str):
        if looks_secret(name):
            yield value
        yield from (match[1] for match in _IN_URL.findall(value))


@lru_cache(maxsize=8)
def _own_patterns(patterns: tuple[str, ...]) -> list[re.Pattern[str]]:
    return [re.compile(pattern) for pattern in patterns]


def _forget(**kwargs: Any) -> None:
    _site_pattern.cache_clear()
    _site_secrets.cache_clear()


setting_changed.connect(_forget, dispatch_uid="cronmgmt.redaction")
