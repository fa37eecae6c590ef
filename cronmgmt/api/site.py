"""Work for the queue, what keeps it going, and who did what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from cronmgmt import clock, queries
from cronmgmt.api import runshapes as shapes
from cronmgmt.api.access import addresses, require, require_look
from cronmgmt.api.asking import ACTIVITY_FILTERS, activity_asked_for
from cronmgmt.api.idempotency import LOCATION, followed_at, keyed, once
from cronmgmt.api.schema import ACTIVITY_ASKED, LIMIT, PLACE, documented
from cronmgmt.api.telling import told_machinery, told_record
from cronmgmt.api.views import View, number
from cronmgmt.engine import actions
from cronmgmt.models import database


class Enqueue(View):
    """Work for the queue."""

    @keyed(
        "Queue a run of a handler, of no job",
        {202: shapes.Enqueued},
        takes=shapes.Work,
        asks=[LOCATION],
    )
    def post(self, request: Request) -> Response:
        """Queue it, or name the unfinished run of the same key."""
        actions.permit_enqueue(self.actor)
        given = self.read(shapes.Work)
        return once(self, lambda: self._queued(**given))

    def _queued(
        self,
        handler: str,
        params: Mapping[str, Any] | None = None,
        uniqueKey: str = "",
        notify: Sequence[str] = (),
        **terms: Any,
    ) -> Response:
        terms["notify"] = addresses(notify, self.actor)
        queued = actions.enqueue(
            handler, params, self.actor, unique_key=uniqueKey, **terms
        )
        told = {"executionId": str(queued.execution_id), "isNew": queued.is_new}
        headers = followed_at(self, queued.execution_id)
        return Response(told, status=202, headers=headers)


class Nodes(View):
    """What keeps the jobs going."""

    @documented("Get the nodes, the queues and what is wrong", {200: shapes.Nodes})
    def get(self, request: Request) -> Response:
        """Answer with how they are now."""
        require_look(self.actor)
        found = queries.machinery(clock.now(database()), self.actor)
        return Response(told_machinery(found))


class Records(View):
    """Who did or tried what."""

    asks = (*ACTIVITY_FILTERS, "cursor", "limit")

    @documented(
        "Find who did or tried what, latest first",
        {200: shapes.Records},
        asks=[*ACTIVITY_ASKED, PLACE, LIMIT],
    )
    def get(self, request: Request) -> Response:
        """Answer with a page of the record."""
        require(self.actor, "view_activity")
        asked = activity_asked_for(self.asked)
        before = number(self.asked("cursor"), 0) or None
        found = queries.find_activity(asked, self.actor, before, self.limit())
        records = [told_record(each, self.actor) for each in found.records]
        more = str(found.older) if found.older else None
        return Response({"activity": records, "next": more})
