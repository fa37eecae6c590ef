"""The dashboard's URLs: ``path("cron/", include("cronmgmt.urls"))``."""

from __future__ import annotations

from django.urls import path

from cronmgmt.dashboard import pages, programs, triggering, verbs
from cronmgmt.dashboard.paths import both

app_name = "cronmgmt"

urlpatterns = [
    path("", pages.jobs, name="jobs"),
    *both("jobs/<job:name>", pages.job, "job"),
    *both("jobs/<job:name>/trigger", triggering.trigger_with, "trigger-with"),
    *both("runs/<uuid:execution_id>", pages.run, "run"),
    *both("runs/<uuid:execution_id>/log", pages.log, "log"),
    *both("trigger/<job:name>", verbs.trigger, "trigger"),
    *both("jobs/<job:name>/off", verbs.switch_off, "switch-off"),
    *both("jobs/<job:name>/on", verbs.switch_on, "switch-on"),
    *both("runs/<uuid:execution_id>/cancel", verbs.cancel, "cancel"),
    *both("runs/<uuid:execution_id>/rerun", verbs.rerun, "rerun"),
    *both("status", programs.status, "status"),
    *both("health", programs.health, "health"),
]
