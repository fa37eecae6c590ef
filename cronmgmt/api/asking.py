"""What follows the question mark -> which runs or records are looked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from django.core.exceptions import BadRequest
from django.utils.translation import gettext as _

from cronmgmt import clock, queries
from cronmgmt.api.exact import MOMENT
from cronmgmt.models import Origin, Status, database
from cronmgmt.queries import ActivityFilter, RunFilter

Asked = Callable[[str], str]

SHOWS = ("running", "stuck", "failed")
STATES = (*queries.GROUPS, *Status.values)
LISTED = ("show", "state", "origin")
RUN_FILTERS = (*LISTED, "job", "person", "node", "since", "until", "text")
ACTIVITY_FILTERS = ("person", "job", "action", "verdict", "since", "until")

LONGEST = 150
IS_MOMENT = re.compile(MOMENT)


def runs_asked_for(asked: Asked, *, reads_errors: bool) -> RunFilter:
    """Return which runs are looked for. Raises BadRequest."""
    state = _one_of("state", asked("state"), STATES)
    states = queries.GROUPS.get(state) or tuple(filter(None, [state]))
    show = _one_of("show", asked("show"), SHOWS)
    preset = queries.preset(show, clock.now(database()))
    return RunFilter(
        **{"states": states, **preset},
        job=text("job", asked),
        person=text("person", asked),
        node=text("node", asked),
        text=text("text", asked),
        origin=_one_of("origin", asked("origin"), Origin.values),
        since=moment("since", asked("since")),
        until=moment("until", asked("until")),
        reads_errors=reads_errors,
    )


def activity_asked_for(asked: Asked) -> ActivityFilter:
    """Return which records are looked for. Raises BadRequest."""
    return ActivityFilter(
        person=text("person", asked),
        job=text("job", asked),
        action=text("action", asked),
        verdict=_one_of("verdict", asked("verdict"), queries.VERDICTS),
        since=moment("since", asked("since")),
        until=moment("until", asked("until")),
    )


def text(name: str, asked: Asked) -> str:
    """Return a text that is looked for. Raises BadRequest for a long one."""
    given = asked(name)
    if len(given) > LONGEST:
        raise BadRequest(
            _("%(name)s may have %(most)d characters at most.")
            % {"name": name, "most": LONGEST}
        )
    return given


def moment(name: str, given: str) -> datetime | None:
    """Return the moment that a text means, None for none. Raises BadRequest."""
    if not given:
        return None
    if found := as_moment(given):
        return found
    wanted = _("Write a moment with its time zone, such as 2026-03-01T10:00:00Z.")
    raise BadRequest(f"{name}: {wanted}")


def as_moment(given: str) -> datetime | None:
    """Return the moment in UTC that a text with a time zone means; None: it is none."""
    try:
        found = datetime.fromisoformat(given) if IS_MOMENT.match(given) else None
    except ValueError:
        return None
    return found.astimezone(UTC) if found else None


def _one_of(name: str, given: str, known: Collection[str]) -> str:
    if given and given not in known:
        raise BadRequest(
            _("%(name)s can be one of: %(known)s.")
            % {"name": name, "known": ", ".join(known)}
        )
    return given
