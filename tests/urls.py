"""The admin, and the package's own pages where a site would have them."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("cron/", include("cronmgmt.urls")),
    path("api/jobs/", include("cronmgmt.processor.urls")),
    path("api/v1/scheduler/", include("cronmgmt.api.urls")),
]
