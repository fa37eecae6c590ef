"""A session by the provider is confirmed there in time, and lasts while it is used."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from mozilla_django_oidc.middleware import SessionRefresh

ROLLED = "cronmgmt_rolled_at"
ROLL_EVERY = 3600.0
"""Seconds: a session that is used is written, and its end moved, this often."""


def by_script(request: HttpRequest) -> bool:
    """Return whether a script of a page asks, which cannot be sent elsewhere."""
    asked = request.headers.get("Sec-Fetch-Dest") == "empty"
    return asked or request.headers.get("X-Requested-With") == "XMLHttpRequest"


class Renewal(SessionRefresh):
    """Sends people by the provider again when their rights are due to be confirmed.

    What they send in that moment is not done: rights withdrawn there may be gone.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if not self._is_due(request):
            return None
        if by_script(request):
            text = _("Your login has to be confirmed: load the page again.")
            return JsonResponse({"error": text}, status=401)
        if request.method != "GET":
            return HttpResponseRedirect(self._page_before(request))
        answer: HttpResponse | None = super().process_request(request)
        return answer

    def _is_due(self, request: HttpRequest) -> bool:
        method, request.method = request.method, "GET"
        try:
            asks = self.is_refreshable_url(request)
        finally:
            request.method = method
        ends: float = request.session.get("oidc_id_token_expiration", 0)
        return bool(asks) and ends < time.time()

    def _page_before(self, request: HttpRequest) -> str:
        before = request.headers.get("Referer", "")
        home = request.build_absolute_uri("/")
        return before if before.startswith(home) else "/"


class RollingSession:
    """Moves the end of a session on while somebody uses it, without a write a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        session = request.session
        # A page that is left open looks again by itself: that is nobody's use of it.
        # Who sends a key or token is known as well, and has no session to be kept.
        used = SESSION_KEY in session and not by_script(request)
        if used and session.get(ROLLED, 0) < time.time() - ROLL_EVERY:
            session[ROLLED] = time.time()
        return response
