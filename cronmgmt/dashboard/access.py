"""Who is let in, and what those are told who are not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from cronmgmt.dashboard.refusals import EXPECTED, refuse
from cronmgmt.dashboard.speaking import HTML, page_before, wants_json
from cronmgmt.engine.actions import Actor
from cronmgmt.errors import Forbidden

View = Callable[..., HttpResponse]


def for_members(speaks: str = HTML) -> Callable[[View], View]:
    """Let in who is logged in; what is refused comes back with its reason.

    ``speaks`` is what a client gets that takes both HTML and JSON.
    """

    def decorate(view: View) -> View:
        # A site may ask for a login everywhere; here programs get 401 and no form.
        @login_not_required
        @never_cache
        @wraps(view)
        def wrapper(
            request: HttpRequest, *args: object, **kwargs: object
        ) -> HttpResponse:
            as_json = wants_json(request, speaks)
            if not request.user.is_authenticated:
                return _ask_for_login(request, as_json=as_json)
            try:
                return view(request, *args, **kwargs)
            except EXPECTED as error:
                return refuse(request, error, as_json=as_json)

        return wrapper

    return decorate


def require(request: HttpRequest, permission: str) -> None:
    """Raise Forbidden, which reveals nothing, unless the person has the permission."""
    if not may(request, permission):
        raise Forbidden(
            _("You are logged in as %(name)s, and may not see this.")
            % {"name": request.user.get_username()}
        )


def may(request: HttpRequest, permission: str) -> bool:
    """Return whether the person has a permission of this app."""
    return actor(request).may(permission)


def actor(request: HttpRequest) -> Actor:
    """Return the person who asks, for the record."""
    return Actor(
        name=request.user.get_username(),
        source="dashboard",
        user=request.user,
        address=request.META.get("REMOTE_ADDR") or "",
    )


def _ask_for_login(request: HttpRequest, *, as_json: bool) -> HttpResponse:
    if as_json:
        return JsonResponse({"error": _("Log in first.")}, status=401)
    if request.method == "POST":
        # Nothing was done; after the login the person is where the button is.
        return redirect_to_login(page_before(request))
    return redirect_to_login(request.get_full_path())
