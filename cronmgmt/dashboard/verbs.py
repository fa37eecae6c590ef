"""What people may do with a job or a run: one view per verb, all by POST."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cronmgmt.dashboard.access import actor, for_members
from cronmgmt.dashboard.forms import SwitchOff
from cronmgmt.dashboard.repeating import Told, once
from cronmgmt.dashboard.speaking import done, queued_facts, read_body
from cronmgmt.engine import actions


@require_POST
@for_members(heeds_key=True)
def trigger(request: HttpRequest, name: str) -> HttpResponse:
    who = actor(request)
    actions.permit_trigger(name, who)
    body = _body(request, "params", "reason", "target")

    def deed() -> Told:
        run = actions.trigger(
            name,
            who,
            params=body.get("params"),
            reason=_text(body.get("reason")),
            target=_text(body.get("target"), _("The target must be text.")),
        )
        return Told(*queued_facts(run), status=202)

    return once(request, who, body, deed)


@require_POST
@for_members(heeds_key=True)
def rerun(request: HttpRequest, execution_id: UUID) -> HttpResponse:
    who = actor(request)
    actions.permit_rerun(execution_id, who)
    body = _body(request, "reason")

    def deed() -> Told:
        run = actions.rerun(execution_id, who, reason=_text(body.get("reason")))
        return Told(*queued_facts(run), status=202)

    return once(request, who, body, deed)


@require_POST
@for_members(heeds_key=True)
def cancel(request: HttpRequest, execution_id: UUID) -> HttpResponse:
    who = actor(request)
    actions.permit_run("cancel", execution_id, who)
    body = _body(request, "reason")

    def deed() -> Told:
        run = actions.cancel_run(execution_id, who, reason=_text(body.get("reason")))
        facts = {"executionId": str(run.execution_id), "status": str(run.status)}
        if run.is_finished:
            return Told(_("The run is cancelled."), facts)
        return Told(_("The run is being stopped."), facts)

    return once(request, who, body, deed)


@require_POST
@for_members(heeds_key=True)
def switch_off(request: HttpRequest, name: str) -> HttpResponse:
    form = SwitchOff(read_body(request, "reason", "until"))
    if not form.is_valid():
        raise BadRequest(_first_error(form))
    job = actions.switch_off(name, actor(request), **form.cleaned_data)
    facts = {"jobName": job.name, "enabled": job.enabled, "offUntil": job.off_until}
    return done(request, _("%(job)s is switched off.") % {"job": job}, facts)


@require_POST
@for_members(heeds_key=True)
def switch_on(request: HttpRequest, name: str) -> HttpResponse:
    reason = _reason(request)
    job = actions.switch_on(name, actor(request), reason=reason)
    facts = {"jobName": job.name, "enabled": job.enabled, "nextRun": job.next_run_at}
    return done(request, _("%(job)s is switched on.") % {"job": job}, facts)


def _body(request: HttpRequest, *known: str) -> dict[str, Any]:
    """Return what is known of the body: a form's token is another each time."""
    body = read_body(request, *known)
    return {name: body[name] for name in known if name in body}


def _reason(request: HttpRequest) -> str:
    return _text(_body(request, "reason").get("reason"))


def _text(value: object, complaint: str = "") -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise BadRequest(complaint or _("The reason must be text."))


def _first_error(form: SwitchOff) -> str:
    field, errors = next(iter(form.errors.items()))
    return f"{form.fields[field].label}: {errors[0]}"
