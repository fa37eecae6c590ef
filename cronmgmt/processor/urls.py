"""The tick's URLs: ``path("api/jobs/", include("cronmgmt.processor.urls"))``."""

from __future__ import annotations

from django.urls import path

from cronmgmt.processor import views

app_name = "cronmgmt_processor"

# As written and with a slash: a POST is never redirected.
urlpatterns = [
    path("process-pending", views.process_pending, name="process-pending"),
    path("process-pending/", views.process_pending),
    path("status", views.status, name="status"),
    path("status/", views.status),
]
