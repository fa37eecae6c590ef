"""What was raised -> a problem as RFC 9457 has it: a status and a sentence."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    SuspiciousOperation,
    ValidationError,
)
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from cronmgmt.errors import (
    Blocked,
    CronmgmtError,
    Forbidden,
    HandlerError,
    InvalidJob,
    InvalidParameters,
    InvalidSchedule,
    InvalidWork,
    Stale,
    UnknownJob,
    UnknownRun,
)
from cronmgmt.text import clean_json

logger = logging.getLogger("cronmgmt.api")

MEDIA_TYPE = "application/problem+json"
LONGEST = 2000

STATUS: dict[type[Exception], int] = {
    Forbidden: 403,
    PermissionDenied: 403,
    UnknownJob: 404,
    UnknownRun: 404,
    Http404: 404,
    InvalidJob: 400,
    InvalidParameters: 400,
    InvalidSchedule: 400,
    InvalidWork: 400,
    HandlerError: 400,
    ValidationError: 400,
    BadRequest: 400,
    SuspiciousOperation: 400,
    Stale: 412,
    CronmgmtError: 409,
    OperationalError: 503,
    InterfaceError: 503,
}
"""The first that fits decides."""

Errors = list[dict[str, str]]


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer what was raised; None for what is a fault of ours, which Django reports."""
    if isinstance(error, exceptions.APIException):
        return _of_the_framework(error)
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 0)
    if not status:
        return None
    set_rollback()
    if status == 503:
        logger.error("The database cannot be asked", exc_info=error)
        return problem(503, _("The database cannot be asked now; try again."))
    more: dict[str, Any] = {}
    if isinstance(error, Blocked) and error.execution_id:
        more["executionId"] = error.execution_id
    if isinstance(error, ValidationError):
        return problem(status, " ".join(error.messages), _fields(error), **more)
    return problem(status, str(error), None, **more)


def problem(
    status: int, detail: str, errors: Errors | None = None, **more: Any
) -> Response:
    """Return a problem; ``errors`` say of each field what is wrong with it."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail[:LONGEST],
        **more,
    }
    if errors:
        body["errors"] = errors
    return Response(clean_json(body), status=status, content_type=MEDIA_TYPE)


def _of_the_framework(error: exceptions.APIException) -> Response:
    set_rollback()
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    errors = _listed(error.detail) if isinstance(error.detail, dict | list) else []
    detail = " ".join(_sentence(each) for each in errors) or str(error.detail)
    response = problem(error.status_code, detail, errors)
    for name, value in headers.items():
        response[name] = value
    return response


def _sentence(error: dict[str, str]) -> str:
    field = error["field"]
    return f"{field}: {error['detail']}" if field else error["detail"]


def _listed(detail: Any, field: str = "") -> Errors:
    if isinstance(detail, dict):
        return [
            each
            for name, inner in detail.items()
            for each in _listed(inner, _joined(field, str(name)))
        ]
    if isinstance(detail, list):
        return [each for inner in detail for each in _listed(inner, field)]
    return [{"field": field[:LONGEST], "detail": str(detail)[:LONGEST]}]


def _joined(field: str, name: str) -> str:
    if name == "non_field_errors":
        return field
    return f"{field}.{name}" if field else name


def _fields(error: ValidationError) -> Errors:
    found = getattr(error, "error_dict", None)
    return _listed(error.message_dict) if found else []
