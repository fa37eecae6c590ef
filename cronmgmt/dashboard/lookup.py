"""What a path names -> the row, or 404."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404
from django.utils.translation import gettext as _

from cronmgmt import queries
from cronmgmt.actors import Actor
from cronmgmt.models import JobRun


def run_or_404(execution_id: UUID, actor: Actor) -> JobRun:
    """Return the run if the person may see it, or raise Http404."""
    run = queries.run(str(execution_id), actor)
    if run is None:
        raise Http404(_("There is no run %(id)s.") % {"id": execution_id})
    return run


def number(text: str | None) -> int | None:
    """Return the number that an address names, None for none; raises BadRequest."""
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise BadRequest(_("%(text)r is not a number.") % {"text": text[:40]})
    return int(text)
