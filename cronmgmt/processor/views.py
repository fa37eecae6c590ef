"""``process-pending`` and ``status``: one tick, and how the queue is doing."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connections, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from cronmgmt import queries
from cronmgmt.actors import Actor
from cronmgmt.callers import address_of
from cronmgmt.conf import conf
from cronmgmt.engine.bearers import user_of_request
from cronmgmt.engine.guessing import guarded
from cronmgmt.engine.ticking import TickFailed, tick
from cronmgmt.errors import LoginRefused, ProviderAway, TokenRefused, TooManyGuesses
from cronmgmt.processor import secrets

logger = logging.getLogger("cronmgmt.processor")

View = Callable[[HttpRequest], HttpResponse]


def _for_programs(view: View) -> View:
    """Let in requests without login or CSRF token; the view asks for the secret."""

    @csrf_exempt
    @login_not_required
    @never_cache
    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except TooManyGuesses as refusal:
            answer = _error(429, _("Too many wrong secrets."))
            answer["Retry-After"] = str(refusal.wait)
            return answer
        except ProviderAway as error:
            return _error(503, str(error))
        except (TickFailed, Error):
            logger.exception("%s failed", request.path)
            return _error(503, _("It could not be done; the site's log says why."))

    # A tick takes long and commits as it goes; a database that is down is no 500.
    for alias in connections:
        wrapper = transaction.non_atomic_requests(alias)(wrapper)
    return wrapper


@_for_programs
@require_POST
def process_pending(request: HttpRequest) -> HttpResponse:
    """Do one tick, and say how many runs succeeded, did not, and how long it took."""
    if not secrets.is_set():
        return _error(404, "Not Found")
    if not _has_secret(request):
        return _error(403, "Forbidden")
    began = time.monotonic()
    tally = tick()
    return JsonResponse(
        {
            "processed": tally.succeeded,
            "failed": tally.failed,
            "duration": round((time.monotonic() - began) * 1000),
        }
    )


@_for_programs
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Say what waits, runs and ended lately, and whether that is as it should be."""
    if conf.STATUS_IS_PUBLIC or _has_secret(request):
        return JsonResponse(queries.work_as_json(queries.work()))
    actor = _who_may_look(request)
    if actor is None:
        return _error(403, "Forbidden")
    return JsonResponse(queries.work_as_json(queries.work(actor)))


def _has_secret(request: HttpRequest) -> bool:
    sent = request.headers.get("X-Cron-Secret")
    if not (sent and secrets.is_set()):
        return False
    return bool(guarded(address_of(request), sent, partial(secrets.is_right, sent)))


def _sender(request: HttpRequest) -> Any | None:
    try:
        return user_of_request(request)
    except (TokenRefused, LoginRefused):
        return None


def _who_may_look(request: HttpRequest) -> Actor | None:
    """Return who asks by key or login; only what they may see is counted for them."""
    user = _sender(request) or getattr(request, "user", None)
    if user is None or not user.has_perm("cronmgmt.view_scheduledjob"):
        return None
    return Actor(user.get_username(), "api", user)


def _error(status: int, text: str) -> JsonResponse:
    return JsonResponse({"error": text}, status=status)
