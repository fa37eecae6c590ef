"""The demo site's addresses: the package under ``/cron/``, and a way in."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path
from django.views.generic import RedirectView

from project.certification.views import mentors
from project.intercom import views as intercom

urlpatterns = [
    path("", RedirectView.as_view(url="/cron/")),
    path("cron/", include("cronmgmt.urls")),
    path("api/jobs/", include("cronmgmt.processor.urls")),
    path("api/v1/scheduler/", include("cronmgmt.api.urls")),
    path(
        "accounts/login/",
        LoginView.as_view(redirect_authenticated_user=True),
        name="login",
    ),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("admin/", admin.site.urls),
    path("mentors/", mentors, name="mentors"),
]
if hasattr(settings, "OIDC_RP_CLIENT_ID"):
    urlpatterns += [path("oidc/", include("cronmgmt.oidc.urls"))]
if settings.DEBUG:
    urlpatterns += [
        path("stand-in/intercom/", intercom.counts),
        path("stand-in/intercom/contacts", intercom.contacts),
    ]
