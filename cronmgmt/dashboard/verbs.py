"""What people may do with a job or a run: one view per verb, all by POST."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cronmgmt.dashboard.access import actor, for_members
from cronmgmt.dashboard.forms import SwitchOff
from cronmgmt.dashboard.speaking import done, queued, read_body
from cronmgmt.engine import actions


@require_POST
@for_members()
def trigger(request: HttpRequest, name: str) -> HttpResponse:
    body = read_body(request, "params", "reason")
    run = actions.trigger(
        name,
        actor(request),
        params=body.get("params"),
        reason=_text(body.get("reason")),
    )
    return queued(request, run)


@require_POST
@for_members()
def rerun(request: HttpRequest, execution_id: UUID) -> HttpResponse:
    reason = _reason(request)
    run = actions.rerun(execution_id, actor(request), reason=reason)
    return queued(request, run)


@require_POST
@for_members()
def cancel(request: HttpRequest, execution_id: UUID) -> HttpResponse:
    reason = _reason(request)
    run = actions.cancel_run(execution_id, actor(request), reason=reason)
    message = _("The run is cancelled.")
    if not run.is_finished:
        message = _("The run is being stopped.")
    facts = {"executionId": str(run.execution_id), "status": run.status}
    return done(request, message, facts)


@require_POST
@for_members()
def switch_off(request: HttpRequest, name: str) -> HttpResponse:
    form = SwitchOff(read_body(request, "reason", "until"))
    if not form.is_valid():
        raise BadRequest(_first_error(form))
    job = actions.switch_off(name, actor(request), **form.cleaned_data)
    facts = {"jobName": job.name, "enabled": job.enabled, "offUntil": job.off_until}
    return done(request, _("%(job)s is switched off.") % {"job": job}, facts)


@require_POST
@for_members()
def switch_on(request: HttpRequest, name: str) -> HttpResponse:
    reason = _reason(request)
    job = actions.switch_on(name, actor(request), reason=reason)
    facts = {"jobName": job.name, "enabled": job.enabled, "nextRun": job.next_run_at}
    return done(request, _("%(job)s is switched on.") % {"job": job}, facts)


def _reason(request: HttpRequest) -> str:
    return _text(read_body(request, "reason").get("reason"))


def _text(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise BadRequest(_("The reason must be text."))


def _first_error(form: SwitchOff) -> str:
    field, errors = next(iter(form.errors.items()))
    return f"{form.fields[field].label}: {errors[0]}"
