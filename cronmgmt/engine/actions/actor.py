"""Who acts, from where, and the record that every attempt leaves."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from cronmgmt.clock import sql_now
from cronmgmt.engine.transactions import in_transaction
from cronmgmt.errors import Forbidden, Refused
from cronmgmt.models import Activity
from cronmgmt.text import clean_text

T = TypeVar("T")
logger = logging.getLogger("cronmgmt.activity")


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a program that asks for something.

    ``user`` is the Django user whose permissions count; without one (code of the
    host, a command at the server's shell) everything is allowed. ``source`` is
    ``dashboard``, ``admin``, ``api``, ``command`` or ``code``.
    """

    name: str
    source: str
    user: Any = None
    address: str = ""

    @property
    def label(self) -> str:
        """The name as it is stored."""
        return clean_text(self.name, 150)

    def may(self, permission: str) -> bool:
        """Return whether the actor has ``permission``, such as ``trigger_scheduledjob``."""
        return self.user is None or bool(self.user.has_perm(f"cronmgmt.{permission}"))


CODE = Actor("code", "code")
COMMAND = Actor("command", "command")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody tries to do."""

    actor: Actor
    action: str
    permission: str
    job_name: str = ""
    execution_id: UUID | None = None
    reason: str = ""


def attempted(attempt: Attempt, work: Callable[[], T]) -> T:
    """Do ``work`` if the actor may, in one transaction with the record of it.

    A refusal is on record too. Raises Forbidden, or what ``work`` refuses with.
    """
    try:
        if not attempt.actor.may(attempt.permission):
            raise Forbidden(f"You may not {attempt.action} {attempt.job_name}.".strip())
        return in_transaction(lambda: _do(attempt, work))
    except Refused as refusal:
        _note(attempt, allowed=False, reason=str(refusal))
        raise


def _do(attempt: Attempt, work: Callable[[], T]) -> T:
    result = work()
    _note(attempt, allowed=True, reason=attempt.reason)
    return result


def _note(attempt: Attempt, *, allowed: bool, reason: str) -> None:
    actor = attempt.actor
    Activity.objects.create(
        at=sql_now(),
        actor=actor.label,
        source=actor.source,
        address=actor.address,
        action=attempt.action,
        allowed=allowed,
        job_name=clean_text(attempt.job_name, 100),
        execution_id=attempt.execution_id,
        reason=clean_text(reason, 2000),
    )
    logger.info(
        "%s %s %s %s",
        actor.label,
        "did" if allowed else "was refused",
        attempt.action,
        attempt.job_name,
    )
