"""The tests' addresses with the way in through the provider."""

from __future__ import annotations

from django.urls import include, path

from tests.urls import urlpatterns as ours

urlpatterns = [*ours, path("oidc/", include("cronmgmt.oidc.urls"))]
