"""REST: ``path("api/v1/scheduler/", include("cronmgmt.api.urls"))``."""

from __future__ import annotations

from django.urls import path

from cronmgmt.api import job, jobs, runs, site
from cronmgmt.api.document import document_of
from cronmgmt.api.views import Nothing, both
from cronmgmt.engine.records import apart

app_name = "cronmgmt_api"

routes = [
    *both("jobs", jobs.Jobs, "jobs"),
    *both("jobs/<str:name>", job.Job, "job"),
    *both("jobs/<str:name>/trigger", jobs.Trigger, "trigger"),
    *both("jobs/<str:name>/last-result", jobs.LastResult, "last-result"),
    *both("jobs/<str:name>/off", job.Off, "off"),
    *both("jobs/<str:name>/on", job.On, "on"),
    *both("jobs/<str:name>/next", job.Upcoming, "next"),
    *both("jobs/<str:name>/why", job.Why, "why"),
    *both("runs", runs.Runs, "runs"),
    *both("runs/bulk", runs.Bulk, "bulk"),
    *both("runs/<str:execution_id>", runs.Run, "run"),
    *both("runs/<str:execution_id>/log", runs.Log, "log"),
    *both("runs/<str:execution_id>/cancel", runs.Cancel, "cancel"),
    *both("runs/<str:execution_id>/retry", runs.Retry, "retry"),
    *both("enqueue", site.Enqueue, "enqueue"),
    *both("nodes", site.Nodes, "nodes"),
    *both("activity", site.Records, "activity"),
]
described = [each for each in routes if each.name]

urlpatterns = [
    *routes,
    *both("schema", document_of(lambda: described), "schema"),
    path("<path:anything>", apart(Nothing.as_view())),
]
