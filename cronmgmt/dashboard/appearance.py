"""Light, dark or automatic: a choice kept in a cookie, so that no script is needed."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cronmgmt.dashboard.access import for_members
from cronmgmt.dashboard.navigation import THEME_COOKIE, THEMES
from cronmgmt.dashboard.speaking import page_before

YEAR = timedelta(days=365)


@require_POST
@for_members()
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keep the choice and show the page again."""
    chosen = request.POST.get("theme", "")
    if chosen not in THEMES:
        raise BadRequest(
            _("Choose one of: %(themes)s.") % {"themes": ", ".join(THEMES)}
        )
    answer = HttpResponseRedirect(page_before(request))
    answer.status_code = 303
    answer.set_cookie(
        THEME_COOKIE,
        chosen,
        max_age=YEAR,
        path=reverse("cronmgmt:jobs"),
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return answer
