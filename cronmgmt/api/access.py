"""A request -> who makes it, how often they may, and the Actor that stands for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import (
    APIException,
    AuthenticationFailed,
    PermissionDenied,
    Throttled,
)
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from cronmgmt.actors import LOOK, Actor, asking
from cronmgmt.api.shapes import ME
from cronmgmt.conf import conf
from cronmgmt.engine.bearers import sends_bearer, user_of_request
from cronmgmt.engine.mailing import address_of
from cronmgmt.errors import (
    Forbidden,
    LoginRefused,
    ProviderAway,
    TokenRefused,
    TooManyGuesses,
)
from cronmgmt.text import digest

CHALLENGE = 'Bearer realm="cronmgmt"'


class Unrelated(PermissionDenied):
    """Who they are is known, and they have no role here. RFC 6750, section 3.1."""

    auth_header = f'{CHALLENGE}, error="insufficient_scope"'


class Unavailable(APIException):
    """Whether a token is good cannot be said now."""

    status_code = 503


class BearerLogin(BaseAuthentication):
    """``Authorization: Bearer …``: an API key, or the login provider's access token."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return who sends one; None if there is none. Raises APIException."""
        try:
            user = user_of_request(request._request)
        except TokenRefused as refusal:
            raise AuthenticationFailed(str(refusal)) from refusal
        except LoginRefused as refusal:
            raise Unrelated(str(refusal)) from refusal
        except ProviderAway as error:
            raise Unavailable(str(error)) from error
        except TooManyGuesses as refusal:
            raise Throttled(refusal.wait, _("Too many wrong keys or tokens.")) from None
        return None if user is None else (user, getattr(user, "key", None))

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 names as the way in: without it there would be a 403."""
        if sends_bearer(request._request):
            return f'{CHALLENGE}, error="invalid_token"'
        return CHALLENGE


class SessionLogin(SessionAuthentication):
    """The login of the site's own pages; whatever changes something needs a token."""


class LoggedIn(IsAuthenticated):
    """Nobody is told anything who is not known; what they may, the verbs decide."""


class Throttle(SimpleRateThrottle):
    """So many requests a minute of one person, as the site's settings say."""

    def get_rate(self) -> str | None:
        """Return the site's rate; None: no limit."""
        return conf.API_RATE or None

    def get_cache_key(self, request: Request, view: Any) -> str:
        """Return what the person's requests are counted under."""
        return f"cronmgmt-api-{digest(request.user.get_username())}"


def actor_of(request: Request) -> Actor:
    """Return the person who asks, for the rules and for the record."""
    return asking(request._request, "api")


def addresses(given: Iterable[str] | None, actor: Actor) -> list[str]:
    """Return who is to be mailed: ``me`` is who asks. Raises BadRequest."""
    own = address_of(actor.user)
    if ME in (told := list(given or ())) and not own:
        raise BadRequest(_("notify: you have no e-mail address here."))
    return [own if each == ME else each for each in told]


def require(actor: Actor, *permissions: str) -> None:
    """Raise Forbidden, which reveals nothing, unless they have one of them."""
    if not actor.may_any(*permissions):
        raise Forbidden(
            _("You are logged in as %(name)s, and may not see this.")
            % {"name": actor.name}
        )


def require_look(actor: Actor) -> None:
    """Raise Forbidden unless they may look at jobs."""
    require(actor, *LOOK)
