"""An address that a person names -> whether this site may be made to mail it.

Who may trigger a job is trusted with the job, not with the name that the site has
among mail servers. The site's own code may mail whom it likes, and so may a job.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from cronmgmt.actors import Actor
from cronmgmt.conf import conf, sender
from cronmgmt.errors import InvalidWork

ANYBODY = "*"


def refuse(told: Iterable[str], actor: Actor) -> None:
    """Raise InvalidWork if a person names an address that the site has no part in."""
    if actor.user is None or ANYBODY in conf.NOTIFY_DOMAINS:
        return
    elsewhere = [each for each in told if not _has_own_domain(each)]
    strangers = [each for each in elsewhere if not _is_a_users(each)]
    if strangers:
        raise InvalidWork(
            format_lazy(
                gettext_lazy(
                    "notify: {addresses}: no user of this site has it, and its domain is "
                    "not among NOTIFY_DOMAINS."
                ),
                addresses=", ".join(strangers),
            )
        )


def _has_own_domain(address: str) -> bool:
    domain = _domain_of(address)
    known = [*conf.NOTIFY_DOMAINS, _domain_of(sender())]
    return any(_fits(domain, each.lower()) for each in known if each)


def _fits(domain: str, known: str) -> bool:
    return domain.endswith(known) if known.startswith(".") else domain == known


def _domain_of(address: str) -> str:
    """Return the domain of ``ops@example.com``, or of ``Ops <ops@example.com>``."""
    return address.rpartition("@")[2].rstrip("> ").lower()


def _is_a_users(address: str) -> bool:
    model: Any = get_user_model()
    columns = {field.name for field in model._meta.concrete_fields}
    column = model.get_email_field_name()
    if column not in columns:
        return False
    people = model._default_manager.filter(**{f"{column}__iexact": address})
    return any(each.is_active for each in people)
