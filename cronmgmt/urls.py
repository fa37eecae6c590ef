"""The dashboard's URLs: ``path("cron/", include("cronmgmt.urls"))``."""

from __future__ import annotations

from django.urls import path

from cronmgmt.dashboard import (
    activity,
    appearance,
    bulk,
    history,
    job_page,
    joblist,
    pausing,
    programs,
    rerunning,
    run_page,
    several,
    system,
    triggering,
    upcoming,
    verbs,
)
from cronmgmt.dashboard.paths import both

app_name = "cronmgmt"

urlpatterns = [
    path("", joblist.jobs, name="jobs"),
    *both("bulk", bulk.bulk, "bulk"),
    *both("pause", pausing.pause, "pause"),
    *both("pause/end", pausing.end, "end-pause"),
    *both("jobs/<job:name>", job_page.job, "job"),
    *both("jobs/<job:name>/trigger", triggering.trigger_with, "trigger-with"),
    *both("runs", history.runs, "runs"),
    *both("runs.csv", history.as_csv, "runs-csv"),
    *both("runs.json", history.as_json, "runs-json"),
    *both("runs/several", several.several, "several"),
    *both("runs/all/<verb:verb>", several.all_that_match, "all-that-match"),
    *both("runs/<uuid:execution_id>", run_page.run, "run"),
    *both("runs/<uuid:execution_id>/log", run_page.log, "log"),
    *both("runs/<uuid:execution_id>/again", rerunning.rerun_with, "rerun-with"),
    *both("trigger/<job:name>", verbs.trigger, "trigger"),
    *both("jobs/<job:name>/off", verbs.switch_off, "switch-off"),
    *both("jobs/<job:name>/on", verbs.switch_on, "switch-on"),
    *both("runs/<uuid:execution_id>/cancel", verbs.cancel, "cancel"),
    *both("runs/<uuid:execution_id>/rerun", verbs.rerun, "rerun"),
    *both("activity", activity.activity, "activity"),
    *both("activity.csv", activity.as_csv, "activity-csv"),
    *both("activity.json", activity.as_json, "activity-json"),
    *both("upcoming", upcoming.upcoming, "upcoming"),
    *both("system", system.system, "system"),
    *both("system/doctor", system.examination, "doctor"),
    *both("theme", appearance.choose_theme, "theme"),
    *both("status", programs.status, "status"),
    *both("health", programs.health, "health"),
]
