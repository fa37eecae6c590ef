"""Runs: what ran, all of one, its log; and what may be done with them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from cronmgmt import queries
from cronmgmt.api import runshapes as shapes
from cronmgmt.api.access import addresses, require_look
from cronmgmt.api.asking import RUN_FILTERS, runs_asked_for
from cronmgmt.api.idempotency import LOCATION, followed_at, keyed, once
from cronmgmt.api.schema import AFTER, LIMIT, PLACE, RUNS_ASKED, documented
from cronmgmt.api.telling import told_run, told_run_in_full
from cronmgmt.api.views import View, number
from cronmgmt.engine import actions
from cronmgmt.errors import UnknownRun, shorten
from cronmgmt.models import JobRun

VERBS: dict[str, Any] = {"rerun": actions.rerun_all, "cancel": actions.cancel_runs}


class Runs(View):
    """The runs of all jobs."""

    asks = (*RUN_FILTERS, "cursor", "limit")

    @documented(
        "Find runs, latest first",
        {200: shapes.Runs},
        asks=[*RUNS_ASKED, PLACE, LIMIT],
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of them."""
        require_look(self.actor)
        allowed = self.actor.may("view_error_jobrun")
        asked = runs_asked_for(self.asked, reads_errors=allowed)
        before = number(self.asked("cursor"), 0) or None
        found = queries.find_runs(asked, before, self.limit(), actor=self.actor)
        runs = [told_run(each, self.actor) for each in found.runs]
        more = str(found.older) if found.older else None
        return Response({"runs": runs, "next": more})


class Run(View):
    """One run."""

    @documented("Get all of a run", {200: shapes.RunInFull})
    def get(self, request: Request, execution_id: str) -> Response:
        """Answer with it."""
        run = self.seen(execution_id)
        return Response(told_run_in_full(run, self.actor))

    def seen(self, execution_id: str) -> JobRun:
        """Return the run if they may see it. Raises Forbidden or UnknownRun."""
        require_look(self.actor)
        run = queries.run(execution_id, self.actor)
        if run is None:
            raise UnknownRun(
                _("There is no run %(id)s.") % {"id": shorten(execution_id)}
            )
        return run


class Log(Run):
    """What a run printed and logged."""

    asks = ("after",)

    @documented(
        "Read a run's log, from where one has read it already",
        {200: shapes.Log},
        asks=[AFTER],
    )
    def get(self, request: Request, execution_id: str) -> Response:
        """Answer with what came after a piece; ``ended``: nothing more will come."""
        run = self.seen(execution_id)
        part = queries.log_since(run, number(self.asked("after"), 0))
        ended = run.is_finished and not part.is_cut
        return Response({"text": part.text, "last": part.last, "ended": ended})


class Cancel(View):
    """Stop a run."""

    @keyed(
        "Cancel a run: at once, or its handler is interrupted",
        {202: shapes.Cancelled},
        takes=shapes.Because,
    )
    def post(self, request: Request, execution_id: str) -> Response:
        """Cancel it."""
        actions.permit_run("cancel", execution_id, self.actor)
        given = self.read(shapes.Because)
        return once(self, lambda: self._cancelled(execution_id, given))

    def _cancelled(self, execution_id: str, given: dict[str, Any]) -> Response:
        run = actions.cancel_run(execution_id, self.actor, **given)
        told = {"executionId": str(run.execution_id), "status": run.status}
        return Response(told, status=202)


class Retry(View):
    """Run it again."""

    @keyed(
        "Queue a finished run once more, as a new run",
        {202: shapes.Queued},
        takes=shapes.Retry,
        asks=[LOCATION],
    )
    def post(self, request: Request, execution_id: str) -> Response:
        """Queue it."""
        actions.permit_rerun(execution_id, self.actor)
        given = self.read(shapes.Retry)
        return once(self, lambda: self._queued(execution_id, given))

    def _queued(self, execution_id: str, given: dict[str, Any]) -> Response:
        run = actions.rerun(
            execution_id,
            self.actor,
            params=given.get("params"),
            intended_for=given.get("intendedFor"),
            reason=given["reason"],
            notify=addresses(given.get("notify"), self.actor),
        )
        told = {"jobName": run.job_name, "executionId": str(run.execution_id)}
        headers = followed_at(self, run.execution_id)
        return Response(told, status=202, headers=headers)


class Bulk(View):
    """The same with several runs."""

    @keyed(
        "Run again or cancel up to 100 runs; what is refused stops no other",
        {200: shapes.BulkDone},
        takes=shapes.Bulk,
    )
    def post(self, request: Request) -> Response:
        """Do it with each, and say of each that was refused why."""
        verb = self._verb()
        actions.permit_several(verb, self.actor)
        given = self.read(shapes.Bulk)
        return once(self, lambda: self._done(verb, given))

    def _done(self, verb: str, given: dict[str, Any]) -> Response:
        wanted = list(dict.fromkeys(given["executionIds"]))
        runs = queries.runs_of(wanted, self.actor)
        unseen = [key for key in wanted if key not in {r.execution_id for r in runs}]
        actions.refuse_unseen(verb, unseen, self.actor)
        outcome = VERBS[verb](runs, self.actor, reason=given["reason"])
        refused = {str(key): _("There is no such run.") for key in unseen}
        for each in outcome.refused:
            refused[str(each.run.execution_id)] = each.sentence
        done = [str(run.execution_id) for run in outcome.done]
        return Response({"done": done, "refused": refused})

    def _verb(self) -> str:
        """Return what is to be done, for the record, before the rest is read."""
        verb = self.request.data.get("verb")
        if not isinstance(verb, str) or verb not in VERBS:
            raise BadRequest(_("%(name)s can be one of: %(known)s.") % VERB_KNOWN)
        return verb


VERB_KNOWN = {"name": "verb", "known": ", ".join(VERBS)}
