"""What Django's checks say of this app, and whether mail can leave the site."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import ERROR, CheckMessage, run_checks
from django.utils.translation import gettext as _

from cronmgmt.conf import every_setting
from cronmgmt.doctor.findings import Finding, Level, some

TAG = "cronmgmt"
"""What the app's checks are registered under: ``manage.py check --tag cronmgmt``."""

BACKENDS = "django.core.mail.backends."
KEEPING = {f"{BACKENDS}{name}.EmailBackend" for name in ("console", "dummy", "locmem")}
KEEPING.add(f"{BACKENDS}filebased.EmailBackend")
"""Backends that send nothing to anybody."""

HERE = ("localhost", "127.0.0.1", "::1")
PATIENCE = 1.0
"""Seconds within which a mail server on this host takes a connection."""


def of_checks(databases: Sequence[str], *, in_full: bool) -> Iterator[Finding]:
    """Yield what the checks say, in full or only that there is something."""
    said = run_checks(tags=[TAG], databases=databases)
    said = [each for each in said if not each.is_silenced()]
    if in_full:
        yield from map(_of_message, said)
    elif said:
        # They quote settings, and say who may do what.
        names = sorted({str(each.id) for each in said})
        seen = _("Django's checks of cronmgmt complain: %(names)s.")
        todo = _("What they say is seen at the server: manage.py cronmgmt doctor")
        level = Level.ERROR if any(map(_is_error, said)) else Level.WARNING
        yield Finding("settings", level, seen % {"names": some(names)}, todo)
    if not said:
        yield Finding("settings", Level.OK, _("Django's checks of cronmgmt pass."))


def _is_error(message: CheckMessage) -> bool:
    return message.level >= ERROR


def _of_message(message: CheckMessage) -> Finding:
    return Finding(
        "settings",
        Level.ERROR if _is_error(message) else Level.WARNING,
        f"{message.id}: {message.msg}",
        message.hint or _("It is explained in the docs on settings."),
    )


def of_mail(names: Sequence[str]) -> Iterator[Finding]:
    """Yield whether the mail of these jobs, if any, can leave the site."""
    if not names:
        return
    mail = _mail_settings(every_setting())
    jobs = {"names": some(names)}
    if mail["backend"] in KEEPING:
        yield Finding(
            "mail",
            Level.WARNING,
            _("Jobs are to send mail, and the site's backend sends none: %(names)s.")
            % jobs,
            _(
                "Name a server that delivers in EMAIL_BACKEND and EMAIL_HOST, or MAILERS."
            ),
            str(mail["backend"]),
        )
    elif mail["host"] in HERE and mail["backend"] == f"{BACKENDS}smtp.EmailBackend":
        yield from _of_server_here(mail["host"], mail["port"], jobs)


def _of_server_here(host: str, port: int, jobs: dict[str, str]) -> Iterator[Finding]:
    try:
        socket.create_connection((host, port), timeout=PATIENCE).close()
    except (OSError, OverflowError, TypeError) as error:
        yield Finding(
            "mail",
            Level.WARNING,
            _("Jobs are to send mail, and no mail server answers here: %(names)s.")
            % jobs,
            _(
                "Name the server that delivers in EMAIL_HOST or MAILERS, or start it here."
            ),
            f"{host}:{port}: {error}",
        )


def _mail_settings(site: dict[str, Any]) -> dict[str, Any]:
    """Return backend, host and port, also as Django 6.1 writes them down."""
    mailers = site.get("MAILERS")
    if not isinstance(mailers, dict) or not mailers:
        return {
            "backend": site.get("EMAIL_BACKEND"),
            "host": site.get("EMAIL_HOST"),
            "port": site.get("EMAIL_PORT"),
        }
    usual = mailers.get("default", {})
    options = usual.get("OPTIONS", {})
    return {
        "backend": usual.get("BACKEND", f"{BACKENDS}smtp.EmailBackend"),
        "host": options.get("host", "localhost"),
        "port": options.get("port", 25),
    }
