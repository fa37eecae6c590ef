"""The secret of the tick: what may be one, and whether a request has it."""

from __future__ import annotations

import hmac

from cronmgmt.conf import conf

LONGEST = 1000


def is_set() -> bool:
    """Return whether the site has a secret."""
    return bool(conf.CRON_SECRET)


def is_right(sent: str | None) -> bool:
    """Return whether ``sent`` is the secret, or the one before it.

    It takes as long for a nearly right one as for any other of its length.
    """
    if not sent or len(sent) > LONGEST:
        return False
    given = _bytes(sent)
    known = [each for each in (conf.CRON_SECRET, conf.CRON_SECRET_BEFORE) if each]
    matches = [hmac.compare_digest(given, _bytes(each)) for each in known]
    return is_set() and any(matches)


def unusable(secret: object) -> str:
    """Return what keeps a setting from ever being sent in a header; empty if nothing."""
    if not isinstance(secret, str) or not secret:
        return ""
    if secret != secret.strip():
        return "has white space around it"
    if not secret.isascii() or not secret.isprintable():
        return "has characters that no header carries"
    return f"is longer than {LONGEST} characters" if len(secret) > LONGEST else ""


def _bytes(text: str) -> bytes:
    return text.encode(errors="backslashreplace")
