"""Who is let in, and what those are told who are not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from cronmgmt.actors import Actor, asking
from cronmgmt.dashboard.policy import secured
from cronmgmt.dashboard.refusals import EXPECTED, refuse
from cronmgmt.dashboard.repeating import refuse_key
from cronmgmt.dashboard.speaking import HTML, page_before, wants_json
from cronmgmt.engine.records import apart, keeping
from cronmgmt.errors import Forbidden
from cronmgmt.models import ScheduledJob

View = Callable[..., HttpResponseBase]


def for_members(
    speaks: str = HTML, *, heeds_key: bool = False
) -> Callable[[View], View]:
    """Let in who is logged in; what is refused comes back with its reason.

    ``speaks`` is what a client gets that takes both HTML and JSON. What is sent again
    under an idempotency key is refused unless the view ``heeds_key``, or comes to the
    same.
    """

    def decorate(view: View) -> View:
        # A site may ask for a login everywhere; here programs get 401 and no form.
        @login_not_required
        @never_cache
        @wraps(view)
        def wrapper(
            request: HttpRequest, *args: object, **kwargs: object
        ) -> HttpResponseBase:
            as_json = wants_json(request, speaks)
            if not request.user.is_authenticated:
                return _ask_for_login(request, as_json=as_json)
            try:
                if not heeds_key:
                    refuse_key(request)
                with keeping():
                    return secured(view(request, *args, **kwargs))
            except EXPECTED as error:
                return secured(refuse(request, error, as_json=as_json))

        return apart(wrapper)

    return decorate


def require(
    request: HttpRequest, permission: str, job: ScheduledJob | None = None
) -> None:
    """Raise Forbidden, which reveals nothing, unless the person has the permission."""
    if not may(request, permission, job):
        raise Forbidden(
            _("You are logged in as %(name)s, and may not see this.")
            % {"name": request.user.get_username()}
        )


def may(request: HttpRequest, permission: str, job: ScheduledJob | None = None) -> bool:
    """Return whether the person has a permission of this app, for this job too."""
    return actor(request).may(permission, job)


def actor(request: HttpRequest) -> Actor:
    """Return the person who asks, for the record."""
    return asking(request, "dashboard")


def _ask_for_login(request: HttpRequest, *, as_json: bool) -> HttpResponse:
    if as_json:
        return JsonResponse({"error": _("Log in first.")}, status=401)
    if request.method == "POST":
        # Nothing was done; after the login the person is where the button is.
        return redirect_to_login(page_before(request))
    return redirect_to_login(request.get_full_path())
