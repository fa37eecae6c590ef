"""The dashboard, and the programs' interface."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("cron/", include("cronmgmt.urls")),
    path("api/jobs/", include("cronmgmt.processor.urls")),
]
