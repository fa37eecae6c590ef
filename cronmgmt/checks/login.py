"""Checks of the login through OpenID Connect, where a site uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.util import find_spec
from inspect import signature
from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django.utils.module_loading import import_string

from cronmgmt.conf import conf, every_setting
from cronmgmt.engine.roles import ROLE_NAMES
from cronmgmt.oidc.configuration import ASYMMETRIC

BACKEND = "cronmgmt.oidc.backend.Backend"
REPAIR = "Take the settings from cronmgmt.oidc.configuration.oidc_settings(…)."

NEEDED: dict[str, tuple[Callable[[Any], bool], str]] = {
    "OIDC_USE_PKCE": (lambda value: value is True, "is not True: codes can be stolen"),
    "OIDC_USE_NONCE": (
        lambda value: value in (True, None),
        "is off: tokens can be replayed",
    ),
    "OIDC_TIMEOUT": (
        lambda value: isinstance(value, int | float | tuple),
        "is not set: a provider that hangs holds a web worker for ever",
    ),
    "OIDC_VERIFY_SSL": (
        lambda value: value is not False,
        "is False: anybody in between can be the provider",
    ),
    "OIDC_ALLOW_UNSECURED_JWT": (
        lambda value: not value,
        "is on: anybody can make a token",
    ),
}
"""Settings of mozilla-django-oidc: whether a value will do, and what is wrong else."""


def login_is_safe(**kwargs: Any) -> Iterator[CheckMessage]:
    """What the library leaves to the site has to be right where our backend is used."""
    site = every_setting()
    if BACKEND not in site.get("AUTHENTICATION_BACKENDS", ()):
        return
    if find_spec("mozilla_django_oidc") is None:
        yield Error(
            f"{BACKEND} needs mozilla-django-oidc, which is not installed.",
            hint="pip install 'django-cronmgmt[oidc]'",
            id="cronmgmt.E020",
        )
    for name, (will_do, problem) in NEEDED.items():
        if not will_do(site.get(name)):
            yield Error(f"{name} {problem}.", hint=REPAIR, id="cronmgmt.E021")
    if not conf.OIDC_ISSUER:
        yield Error(
            "CRONMGMT['OIDC_ISSUER'] is not set: tokens of any issuer would count.",
            hint="It is `issuer` in the provider's .well-known/openid-configuration.",
            id="cronmgmt.E022",
        )
    yield from _roles()


def tokens_can_be_read(**kwargs: Any) -> Iterator[CheckMessage]:
    """Access tokens for the REST API need somebody to read them, and a public key."""
    if not conf.OIDC_API_AUDIENCE:
        return
    if not any(map(_takes_tokens, every_setting()["AUTHENTICATION_BACKENDS"])):
        yield Error(
            "CRONMGMT['OIDC_API_AUDIENCE'] is set, and no backend reads tokens.",
            hint=f"Add {BACKEND} to AUTHENTICATION_BACKENDS.",
            id="cronmgmt.E024",
        )
    if conf.OIDC_API_AUDIENCE == every_setting().get("OIDC_RP_CLIENT_ID"):
        yield Warning(
            "CRONMGMT['OIDC_API_AUDIENCE'] is the client's own id: tokens that only say "
            "who logged in would count as access tokens.",
            hint="Register the API at the provider, with an audience of its own.",
            id="cronmgmt.W007",
        )
    given = conf.OIDC_API_ALGORITHMS
    wrong = [each for each in given if each not in ASYMMETRIC] if given else ["nothing"]
    if wrong:
        yield Error(
            f"CRONMGMT['OIDC_API_ALGORITHMS'] has {', '.join(map(str, wrong))}.",
            hint=f"There may be: {', '.join(sorted(ASYMMETRIC))}.",
            id="cronmgmt.E025",
        )


def _takes_tokens(path: str) -> bool:
    try:
        return "bearer_token" in signature(import_string(path).authenticate).parameters
    except (ImportError, AttributeError):
        return False  # Others say so.


def _roles() -> Iterator[CheckMessage]:
    known = sorted(ROLE_NAMES)
    given = conf.OIDC_ROLES if isinstance(conf.OIDC_ROLES, dict) else {}
    if not given:
        yield Error(
            "CRONMGMT['OIDC_ROLES'] is empty: nobody would be let in.",
            hint=f"Map what the provider says to: {', '.join(known)}.",
            id="cronmgmt.E023",
        )
    for said, role in given.items():
        if role not in known:
            yield Error(
                f"CRONMGMT['OIDC_ROLES'][{said!r}] is no role: {role!r}.",
                hint=f"There are: {', '.join(known)}.",
                id="cronmgmt.E023",
            )
