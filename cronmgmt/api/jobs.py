"""Jobs: list, register, trigger, last result."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cronmgmt import queries
from cronmgmt.api import shapes
from cronmgmt.api.access import addresses, require_look
from cronmgmt.api.idempotency import LOCATION, followed_at, keyed, once
from cronmgmt.api.schema import CURSOR, LIMIT, documented
from cronmgmt.api.telling import told_job, told_result
from cronmgmt.api.views import View
from cronmgmt.engine import actions
from cronmgmt.models import ScheduledJob


class Jobs(View):
    """All jobs in service."""

    asks = ("cursor", "limit")

    @documented(
        "List the jobs in service, by name", {200: shapes.Jobs}, asks=[CURSOR, LIMIT]
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of them."""
        require_look(self.actor)
        size = self.limit()
        found = queries.jobs(self.actor, after=self.asked("cursor"), limit=size + 1)
        more = found[size - 1].job.name if len(found) > size else None
        shown = [told_job(each, self.actor) for each in found[:size]]
        return Response({"jobs": shown, "next": more})

    @documented(
        "Register a job, or change the one of that name; a retired one returns",
        {201: shapes.Job, 200: shapes.Job},
        takes=shapes.Registration,
    )
    def post(self, request: Request) -> Response:
        """Register it; 201 for one that was not in service."""
        actions.permit_register(self.actor)
        given = self.read(shapes.Registration)
        before = ScheduledJob.named(given["jobName"])
        job = self._registered(given)
        is_new = before is None or before.retired_at is not None
        state = queries.job(job.name)
        return Response(told_job(state, self.actor), status=201 if is_new else 200)

    def _registered(self, given: dict[str, Any]) -> ScheduledJob:
        """Register it; what is wrong with its schedule is told as it was called here."""
        name = given.pop("jobName")
        called = {}
        if "cronExpression" in given:
            given["cron"] = given.pop("cronExpression")
            called = {"cron": "cronExpression"}
        try:
            return actions.register_entry(name, given, self.actor)
        except ValidationError as error:
            wrong = error.message_dict
            raise ValidationError(
                {called.get(field, field): texts for field, texts in wrong.items()}
            ) from error


class Trigger(View):
    """Start a job now."""

    @keyed(
        "Trigger the job now, whatever its schedule says",
        {202: shapes.Queued},
        takes=shapes.Trigger,
        asks=[LOCATION],
    )
    def post(self, request: Request, name: str) -> Response:
        """Queue a run of it, or name the one that is in the way."""
        actions.permit_trigger(name, self.actor)
        given = self.read(shapes.Trigger)
        return once(self, lambda: self._triggered(name, given))

    def _triggered(self, name: str, given: dict[str, Any]) -> Response:
        run = actions.trigger(
            name,
            self.actor,
            params=given.get("params"),
            reason=given["reason"],
            notify=addresses(given.get("notify"), self.actor),
            target=given.get("target", ""),
        )
        told = {"jobName": run.job_name, "executionId": str(run.execution_id)}
        headers = followed_at(self, run.execution_id)
        return Response(told, status=202, headers=headers)


class LastResult(View):
    """How a job's latest run ended."""

    @documented(
        "Get the result of the latest run that ended",
        {200: shapes.LastResult},
    )
    def get(self, request: Request, name: str) -> Response:
        """Answer with it; all is null before the first."""
        require_look(self.actor)
        run = queries.last_result(name, self.actor)
        return Response(told_result(name, run, self.actor))
