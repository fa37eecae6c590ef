"""To the provider and back, and out of both. What fails is a page that says why."""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from django.contrib import auth
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from jwt import PyJWTError
from mozilla_django_oidc.utils import import_from_settings
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView
from requests import RequestException

from cronmgmt.errors import LoginRefused

logger = logging.getLogger("cronmgmt.oidc")

REFUSED, AT_FAULT = 403, 502

MALFORMED = (AttributeError, KeyError, LookupError, TypeError, ValueError)
"""What the library raises when the provider's answer is not of the right shape."""


class Callback(OIDCAuthenticationCallbackView):
    """Where the provider sends people back to."""

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            answer: HttpResponse = super().get(request)
            return answer
        except LoginRefused as refusal:
            return self._failed(str(refusal), REFUSED, refusal)
        except SuspiciousOperation as error:
            return self._failed(
                _("This login cannot be used any more. Log in anew."), REFUSED, error
            )
        except RequestException as error:
            return self._failed(
                _("The login provider does not answer as it should. Try again soon."),
                AT_FAULT,
                error,
            )
        except (PyJWTError, *MALFORMED) as error:
            return self._failed(
                _("The login provider's answer could not be trusted."), AT_FAULT, error
            )

    def login_failure(self) -> HttpResponse:
        """Answer when the provider refused, or the session of the login is gone."""
        said = self.request.GET.get("error", "no session of this login")[:80]
        return self._failed(_("You were not logged in."), REFUSED, said)

    def _failed(self, sentence: str, status: int, why: object) -> HttpResponse:
        """Nobody stays logged in whose rights could not be confirmed."""
        logger.warning("A login failed: %s: %s", type(why).__name__, why)
        if self.request.user.is_authenticated:
            auth.logout(self.request)
        context = {"sentence": sentence, "again": reverse("oidc_authentication_init")}
        return render(self.request, "cronmgmt/oidc/failed.html", context, status=status)


def logout_at_provider(request: HttpRequest) -> str:
    """Return where to send somebody who logs out: to the provider, then back.

    OpenID Connect RP-Initiated Logout 1.0, section 2.
    """
    back: str = resolve_url(import_from_settings("LOGOUT_REDIRECT_URL", None) or "/")
    endpoint = import_from_settings("OIDC_OP_LOGOUT_ENDPOINT", "")
    if not endpoint:
        return back
    said = {
        "client_id": import_from_settings("OIDC_RP_CLIENT_ID"),
        "post_logout_redirect_uri": request.build_absolute_uri(back),
    }
    if token := request.session.get("oidc_id_token"):
        said["id_token_hint"] = token
    return f"{endpoint}?{urlencode(said)}"
