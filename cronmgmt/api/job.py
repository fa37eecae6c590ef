"""One job: all of it, edits, off and on, deregistering, what will be and what was."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from cronmgmt import clock, ledger, queries
from cronmgmt.api import runshapes, shapes
from cronmgmt.api.access import require_look
from cronmgmt.api.asking import moment, text
from cronmgmt.api.schema import AT, BECAUSE, FEW, FOR_GOOD, IF_MATCH, documented
from cronmgmt.api.telling import told_answer, told_job_in_full
from cronmgmt.api.views import View, number
from cronmgmt.engine import actions
from cronmgmt.errors import Stale
from cronmgmt.models import database

MOST_MOMENTS = 100


class Unconditional(APIException):
    """An edit that does not say of what."""

    status_code = 428


class OneJob(View):
    """What views of one job have in common."""

    def told(self, name: str, status: int = 200) -> Response:
        """Answer with all of the job, and the tag that an edit must name."""
        state = queries.job(name, self.actor)
        told = told_job_in_full(state, self.actor)
        headers = {"ETag": f'"{state.job.revision}"'}
        return Response(told, status=status, headers=headers)


class Job(OneJob):
    """One job."""

    asks = ("forGood", "reason")

    @documented("Get all of a job", {200: shapes.JobInFull})
    def get(self, request: Request, name: str) -> Response:
        """Answer with it, also when it is retired."""
        require_look(self.actor)
        return self.told(name)

    @documented(
        "Edit some fields of a job, unless somebody else changed it meanwhile",
        {200: shapes.JobInFull},
        takes=shapes.Edit,
        asks=[IF_MATCH],
    )
    def patch(self, request: Request, name: str) -> Response:
        """Change what is given; the rest stays."""
        actions.permit("edit", name, self.actor)
        revision = _revision(request)
        fields = self.read(shapes.Edit)
        actions.edit_job(name, fields, self.actor, revision=revision)
        return self.told(name)

    @documented(
        "Cancel and deregister: the job is retired until it is registered again",
        {204: None},
        asks=[FOR_GOOD, BECAUSE],
    )
    def delete(self, request: Request, name: str) -> Response:
        """Retire it, or delete its row; its runs stay, and those under way go on."""
        actions.permit("retire", name, self.actor)
        deed = actions.delete_job if self._for_good() else actions.cancel_job
        deed(name, self.actor, reason=text("reason", self.asked))
        return Response(status=204)

    def _for_good(self) -> bool:
        """Return whether the row is to go too. Raises BadRequest."""
        asked = self.asked("forGood") or "false"
        if asked not in ("true", "false"):
            known = {"name": "forGood", "known": "true, false"}
            raise BadRequest(_("%(name)s can be one of: %(known)s.") % known)
        return asked == "true"


class Off(OneJob):
    """Switch a job off."""

    @documented(
        "Switch a job off, with a reason, until a moment or for good",
        {200: shapes.JobInFull},
        takes=runshapes.Off,
    )
    def post(self, request: Request, name: str) -> Response:
        """Switch it off."""
        actions.permit("switch off", name, self.actor)
        given = self.read(runshapes.Off)
        actions.switch_off(name, self.actor, **given)
        return self.told(name)


class On(OneJob):
    """Switch a job on."""

    @documented(
        "Switch a job on: it goes on with its next time",
        {200: shapes.JobInFull},
        takes=runshapes.Because,
    )
    def post(self, request: Request, name: str) -> Response:
        """Switch it on."""
        actions.permit("switch on", name, self.actor)
        given = self.read(runshapes.Because)
        actions.switch_on(name, self.actor, **given)
        return self.told(name)


class Upcoming(View):
    """When a job will run."""

    asks = ("limit",)

    @documented(
        "Get a job's next times, also of one that is off: so it would run",
        {200: shapes.Upcoming},
        asks=[FEW],
    )
    def get(self, request: Request, name: str) -> Response:
        """Answer with ten of them, or as many as are asked for."""
        require_look(self.actor)
        size = number(self.asked("limit"), 10)
        if not 1 <= size <= MOST_MOMENTS:
            raise BadRequest(_("limit is from 1 to %(most)d.") % {"most": MOST_MOMENTS})
        found = queries.preview(queries.job(name, self.actor).job, size)
        return Response(
            {
                "words": found.words,
                "moments": [each.isoformat() for each in found.moments],
                "notes": [str(note) for note in found.notes],
            }
        )


class Why(View):
    """What became of a job's occurrence."""

    asks = ("at",)

    @documented(
        "Ask why a job did, or did not, run at a time or near it",
        {200: shapes.Answer},
        asks=[AT],
    )
    def get(self, request: Request, name: str) -> Response:
        """Answer for the occurrence nearest to the moment; now, if none is given."""
        require_look(self.actor)
        at: datetime = moment("at", self.asked("at")) or clock.now(database())
        answer = ledger.why(queries.job(name, self.actor).job, at)
        return Response(told_answer(answer, self.actor))


def _revision(request: Request) -> int:
    """Return the revision that If-Match names. Raises Unconditional or Stale."""
    tag = request.headers.get("If-Match", "").strip().removeprefix("W/")
    if not tag:
        raise Unconditional(
            _("Send the job's ETag as If-Match, so that no other edit is undone.")
        )
    digits = tag.removeprefix('"').removesuffix('"')
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 19):
        raise Stale(_("If-Match does not name the job as it is now."))
    return int(digits)
