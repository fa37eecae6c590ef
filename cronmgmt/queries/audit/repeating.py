"""Section 3.4: whether a job may run twice without harm."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt.models import OnLost
from cronmgmt.queries.audit.facts import JobFacts
from cronmgmt.queries.audit.locking import is_apart
from cronmgmt.queries.audit.reading import UPSERT
from cronmgmt.queries.audit.verdicts import (
    CRITICAL,
    IMPORTANT,
    Answer,
    Box,
    Who,
    always,
    passed,
    unknown,
)

ONCE = ("once", "aonce")
CHECKPOINTS = ("checkpoint", "acheckpoint")
ATOMIC = ("atomic",)
UPSERTS = (
    "update_or_create",
    "aupdate_or_create",
    "get_or_create",
    "aget_or_create",
    "update_conflicts",
    "ignore_conflicts",
    UPSERT,
)


def says(word: str, place: str) -> Answer:
    """Answer that a name in the handler's code is the evidence."""
    given = {"word": word, "place": place}
    return passed(_("Its code says %(word)s, in %(place)s.") % given)


def looks_first(facts: JobFacts) -> Answer:
    """What was done is not done again."""
    if facts.marks:
        return passed(_("Its handler marks what it has done: run.once."))
    if found := facts.mentions(ONCE):
        return says(*found)
    return unknown(
        _(
            "Whether it looks first if an item was done, a person must say; run.once "
            "does so."
        )
    )


def atomic(facts: JobFacts) -> Answer:
    """Changes of state are whole or not at all."""
    if found := facts.mentions(ATOMIC):
        return says(*found)
    return unknown(
        _(
            "Whether what it changes is changed in one transaction, a person must say; "
            "transaction.atomic does so."
        )
    )


def upserts(facts: JobFacts) -> Answer:
    """A row that is there already is no new one."""
    if found := facts.mentions(UPSERTS):
        return says(*found)
    return unknown(_("Whether it makes rows that may be there, a person must say."))


def recovers(facts: JobFacts) -> Answer:
    """It stands a crash in the middle."""
    if facts.job.on_lost == OnLost.FAIL:
        return passed(
            _("A crash ends its run as lost: on_lost says so, nothing runs again.")
        )
    if found := facts.mentions(CHECKPOINTS):
        return says(*found)
    return unknown(
        _(
            "After a crash it starts from the top; whether it stands that, a person "
            "must say. Use run.checkpoint, or on_lost=“fail”."
        )
    )


def concurrent(facts: JobFacts) -> Answer:
    """Two at once were tried."""
    if is_apart(facts):
        return passed(_("The engine's own tests race for what keeps its runs apart."))
    return unknown(
        _("Its runs may go on side by side; whether that was tried, a person must say.")
    )


BOXES = (
    Box(
        "3.4.1",
        gettext_lazy("An id for each run"),
        Who.ENGINE,
        always(
            passed,
            gettext_lazy("run.execution_id is unique, and the same over all attempts."),
        ),
    ),
    Box(
        "3.4.2",
        gettext_lazy("It looks first if an item was done"),
        Who.JOB,
        looks_first,
        CRITICAL,
    ),
    Box("3.4.3", gettext_lazy("Changes are whole or not at all"), Who.JOB, atomic),
    Box("3.4.4", gettext_lazy("Upserts instead of inserts"), Who.JOB, upserts),
    Box(
        "3.4.5",
        gettext_lazy("A test runs it twice"),
        Who.JOB,
        always(
            unknown,
            gettext_lazy(
                "Whether a test runs it twice, a person must say: "
                "cronmgmt.testing.assert_second_run_changes_nothing does."
            ),
        ),
        CRITICAL,
    ),
    Box(
        "3.4.6",
        gettext_lazy("It stands a crash in the middle"),
        Who.JOB,
        recovers,
        IMPORTANT,
    ),
    Box("3.4.7", gettext_lazy("Two at once were tried"), Who.JOB, concurrent),
)
