"""``path("oidc/", include("cronmgmt.oidc.urls"))``: login, its way back, and logout."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.decorators.cache import never_cache
from mozilla_django_oidc.views import OIDCAuthenticationRequestView, OIDCLogoutView

from cronmgmt.oidc.views import Callback

# The names are those of mozilla-django-oidc, whose parts find each other by them.
urlpatterns = [
    path(
        "login/",
        login_not_required(OIDCAuthenticationRequestView.as_view()),
        name="oidc_authentication_init",
    ),
    path(
        "callback/",
        never_cache(login_not_required(Callback.as_view())),
        name="oidc_authentication_callback",
    ),
    path("logout/", login_not_required(OIDCLogoutView.as_view()), name="oidc_logout"),
]
