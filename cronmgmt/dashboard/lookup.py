"""What a path names -> the row, or 404."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from cronmgmt import queries
from cronmgmt.models import JobRun


def run_or_404(execution_id: UUID) -> JobRun:
    """Return the run, or raise Http404."""
    run = queries.run(str(execution_id))
    if run is None:
        raise Http404(_("There is no run %(id)s.") % {"id": execution_id})
    return run
