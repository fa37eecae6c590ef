"""What ``manage.py check`` says before anything runs: each with what to do.

settings    CRONMGMT and the settings of Django that it depends on
login       what a login through OpenID Connect needs
databases   what each kind of database must be told to do
people      who may do more than a site expects
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core import checks
from django.core.checks import Tags

from cronmgmt.checks import databases, login, people, settings

TAG = "cronmgmt"
"""``manage.py check --tag cronmgmt`` makes these checks only, as the doctor does."""


def add(check: Callable[..., Any], *tags: str) -> None:
    """Add one to Django's checks, under this app's tag besides its own."""
    checks.register(check, *tags, TAG)


def register() -> None:
    """Add the checks to Django's."""
    add(settings.settings_are_known)
    add(settings.settings_fit)
    add(settings.patterns_can_be_read)
    add(settings.a_lease_outlasts_its_beats)
    add(settings.secrets_can_be_sent)
    add(settings.the_rate_can_be_counted)
    add(settings.domains_can_be_matched)
    add(settings.boxes_are_there)
    add(settings.tasks_can_be_kept)
    add(settings.time_zones_are_on)
    add(settings.proxies_are_counted)
    add(login.login_is_safe)
    add(login.tokens_can_be_read)
    add(settings.our_qcluster_comes_first)
    add(databases.sqlite_is_ready, Tags.database)
    add(databases.postgresql_is_ready, Tags.database)
    add(databases.mysql_is_ready, Tags.database)
    add(people.nobody_may_call_anything, Tags.database)
