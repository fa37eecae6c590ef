"""What the site's web server answers."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/jobs/", include("cronmgmt.processor.urls")),
    path("api/v1/scheduler/", include("cronmgmt.api.urls")),
]
