"""``python -m cronmgmt.processor``: what a platform's cron runs every minute.

It posts to the site's ``process-pending`` and prints what was processed. It knows the
standard library only and needs no Django: it may run where the site is not.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

PATH = "api/jobs/process-pending"
SECONDS = 55.0
LONGEST_ANSWER = 65_536

OK, FAILED, WRONG_USE, SOME_FAILED = 0, 1, 2, 3

HINTS = {
    403: " Is CRON_SECRET the same there and here?",
    404: " Is that the address, and has the site a CRON_SECRET?",
}

EPILOG = """
Environment: CRON_URL or BACKEND_URL, CRON_SECRET or CRON_SECRET_FILE, CRON_TIMEOUT
(seconds), CRON_STRICT (1).

Exit status: 0 when the site did its tick, 1 when it did not or did not answer in time,
2 when the command line or the environment is wrong, 3 (with --strict) when a run failed.
"""


class NoAnswer(Exception):
    """The site did not do its tick; the message says why."""


class WrongUse(Exception):
    """The command line or the environment lacks something."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirected POST would become a GET, and take the secret elsewhere."""

    def redirect_request(self, *args: Any) -> None:
        return None


def main(words: Sequence[str] | None = None) -> int:
    """Do it, and return the exit status."""
    options = _parser(os.environ).parse_args(words)
    try:
        url, secret = _address(options.url), _secret(options, os.environ)
        answer = post(url, secret, options.timeout)
    except WrongUse as error:
        return _complain(f"{error}", WRONG_USE)
    except NoAnswer as error:
        return _complain(f"{error}", FAILED)
    processed, failed = answer["processed"], answer["failed"]
    seconds = answer["duration"] / 1000
    print(f"{processed} processed, {failed} failed, in {seconds:.1f} s")  # noqa: T201
    return SOME_FAILED if failed and options.strict else OK


def post(url: str, secret: str, seconds: float = SECONDS) -> dict[str, int]:
    """Return the site's answer: ``processed``, ``failed``, ``duration`` in ms.

    Raises NoAnswer when it refuses, fails or takes longer than ``seconds`` for all
    of it.
    """
    answers: list[dict[str, int] | NoAnswer] = []

    def work() -> None:
        try:
            answers.append(_post(url, secret, seconds))
        except NoAnswer as error:
            answers.append(error)
        except Exception as error:
            answers.append(NoAnswer(f"{_shown(url)}: {type(error).__name__}: {error}"))

    # A socket's time-out begins anew with every byte.
    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    answer = answers[0] if answers else NoAnswer("")
    if not answers:
        raise NoAnswer(f"{_shown(url)} did not answer within {seconds:g} s.")
    if isinstance(answer, NoAnswer):
        raise answer
    return answer


def _post(url: str, secret: str, seconds: float) -> dict[str, int]:
    headers = {"X-Cron-Secret": secret, "Accept": "application/json"}
    request = urllib.request.Request(url, b"", headers, method="POST")
    opener = urllib.request.build_opener(_NoRedirects)
    try:
        with opener.open(request, timeout=seconds) as response:
            return _counts(url, response.read(LONGEST_ANSWER))
    except urllib.error.HTTPError as error:
        why = f"{_said(error.read(LONGEST_ANSWER))}.{HINTS.get(error.code, '')}"
        raise NoAnswer(f"{_shown(url)} answered {error.code}{why}") from None
    except urllib.error.URLError as error:
        raise NoAnswer(f"{_shown(url)}: {error.reason}") from None


def _counts(url: str, body: bytes) -> dict[str, int]:
    try:
        told = json.loads(body)
        return {name: int(told[name]) for name in ("processed", "failed", "duration")}
    except (ValueError, KeyError, TypeError):
        raise NoAnswer(f"{_shown(url)} gave no answer of a tick.") from None


def _said(body: bytes) -> str:
    """Return the site's own words, if it has any."""
    try:
        return f": {str(json.loads(body)['error'])[:300]}"
    except (ValueError, KeyError, TypeError):
        return ""


def _parser(environ: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "cronmgmt-processor",
        description="Have a site do one tick: schedule what is due, run what waits.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    url = environ.get("CRON_URL") or environ.get("BACKEND_URL", "")
    seconds = environ.get("CRON_TIMEOUT") or SECONDS
    strict = environ.get("CRON_STRICT", "") in ("1", "true", "yes")
    add = parser.add_argument
    add("--url", default=url, help=f"the site, or all of the address of {PATH}")
    add("--secret-file", metavar="FILE", help="where the secret is; never on the line")
    add("--timeout", type=_positive, default=seconds, help="seconds; 55 unless given")
    add(
        "--strict",
        action="store_true",
        default=strict,
        help="a failed run is a failure",
    )
    return parser


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < 86_400:
        raise argparse.ArgumentTypeError(f"seconds above zero are wanted, not {text!r}")
    return number


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_http = parts.scheme in ("http", "https") and bool(parts.hostname)
        known = is_http and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise WrongUse("Say where the site is: --url or CRON_URL, https://…")
    if parts.path.strip("/"):
        return url
    return f"{parts.scheme}://{parts.netloc}/{PATH}"


def _secret(options: argparse.Namespace, environ: Mapping[str, str]) -> str:
    secret = environ.get("CRON_SECRET", "")
    if path := options.secret_file or environ.get("CRON_SECRET_FILE"):
        try:
            secret = Path(path).read_text()
        except (OSError, ValueError) as error:
            raise WrongUse(f"The secret cannot be read: {error}") from None
    secret = secret.strip()
    if not secret:
        raise WrongUse("Set the secret: CRON_SECRET, CRON_SECRET_FILE or --secret-file")
    if not secret.isascii() or not secret.isprintable():
        raise WrongUse("The secret has characters that no header can have.")
    return secret


def _shown(url: str) -> str:
    """Return the address without what may be secret in it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return (
        f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"
    )


def _complain(text: str, status: int) -> int:
    print(text, file=sys.stderr)  # noqa: T201
    return status


if __name__ == "__main__":
    sys.exit(main())
