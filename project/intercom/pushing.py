"""Members who changed since their last push -> the API, a page of keys at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django.db.models import QuerySet
from django.db.models.functions import Now

from cronmgmt import NonRetryable
from project.intercom.client import ContactRefused
from project.intercom.contacts import PUSHED, Contact, contact, digest
from project.models import Member, Push
from project.sync.steps import Reporter, Steps

SIZE = 100
COUNTED = ("read", "pushed", "unchanged")


class Logger(Reporter, Protocol):
    """What of a run the push uses."""

    def log(self, text: object) -> None:
        """Append a line to the run's log."""


class Api(Protocol):
    """What the push uses of the API."""

    def push(self, contact: Contact, key: str) -> None:
        """Return once the API has the contact; raise ContactRefused for a bad one."""


def push_members(
    run: Logger, api: Api, *, alias: str = "target", size: int = SIZE
) -> dict[str, int]:
    """Push every member whose contact differs from what the API was told last."""
    members = Member.objects.using(alias).filter(status__in=PUSHED, vanished_at=None)
    steps = Steps(run, members.count())
    while True:
        page = _page(members, steps.after, size)
        until = page[-1].pk if len(page) == size else None
        steps.done(_push(page, run, api, alias), until)
        if until is None:
            break
    if refused := steps.counts["refused"]:
        raise NonRetryable(
            f"The API refused {refused} contacts, which the log names. "
            f"{steps.counts['pushed']} others were pushed."
        )
    return {name: steps.counts[name] for name in COUNTED}


def _page(members: QuerySet[Member], after: int | None, size: int) -> list[Member]:
    if after is not None:
        members = members.filter(pk__gt=after)
    return list(members.order_by("pk")[:size])


def _push(page: list[Member], run: Logger, api: Api, alias: str) -> Counter[str]:
    pushes = Push.objects.using(alias)
    contacts = {member.pk: contact(member) for member in page}
    due = pushes_due(contacts, pushes.in_bulk(list(contacts)))
    # Before the first is sent: a worker that dies in between leaves behind what it
    # meant to say, and whoever follows says it under the same key.
    _write(pushes, due)
    counts = Counter(read=len(page), unchanged=len(page) - len(due))
    for push in due:
        try:
            api.push(contacts[push.pk], push.key)
        except ContactRefused as refusal:
            run.log(f"Member {push.pk} was refused: {refusal}")
            counts["refused"] += 1
        else:
            pushes.filter(pk=push.pk).update(pushed_at=Now())
            counts["pushed"] += 1
    return counts


def pushes_due(
    contacts: Mapping[int, Contact], known: Mapping[int, Push]
) -> list[Push]:
    """Return the pushes that make the API know these contacts."""
    due = []
    for number, wanted in contacts.items():
        last, text = known.get(number), digest(wanted)
        if last is None:
            due.append(Push(member_number=number, digest=text, number=1))
        elif last.digest != text:
            following = last.number + 1
            due.append(Push(member_number=number, digest=text, number=following))
        elif last.pushed_at is None:
            due.append(last)
    return due


def _write(pushes: Any, due: Iterable[Push]) -> None:
    pushes.bulk_create(
        due,
        update_conflicts=True,
        unique_fields=["member_number"],
        update_fields=["digest", "number", "pushed_at"],
    )
