"""Checks of ``CRONMGMT``, and of the settings of Django that it depends on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from difflib import get_close_matches
from types import NoneType
from typing import Any, get_args, get_origin

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from cronmgmt.conf import (
    DEFAULTS,
    TYPES,
    conf,
    has_tasks,
    site_settings,
    task_backends,
)
from cronmgmt.engine.leases import USUAL
from cronmgmt.processor.secrets import unusable
from cronmgmt.queries.audit import BOXES

RANGES: dict[str, tuple[Any, Any]] = {
    "CHECK_INTERVAL": (timedelta(seconds=0.1), timedelta(seconds=60)),
    "FAILURE_AIM": (0, 1),
    "IDEMPOTENCY_KEYS_KEPT": (timedelta(minutes=1), timedelta(days=30)),
    "MISFIRE_LIMIT": (1, 100_000),
    "TICK_RUNS": (1, 1000),
    "TRUSTED_PROXIES": (0, 10),
    "TICK_LENGTH": (timedelta(seconds=5), timedelta(minutes=15)),
}

DOMAIN = re.compile(r"\.?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
RATE = "|([1-9][0-9]{0,8}/(second|minute|hour|day))"


def settings_are_known(**kwargs: Any) -> Iterator[CheckMessage]:
    """Every key of ``CRONMGMT`` must be a setting."""
    given = getattr(settings, "CRONMGMT", {})
    if not isinstance(given, dict):
        yield Error(
            f"CRONMGMT must be a dict of settings, not {type(given).__name__}.",
            id="cronmgmt.E001",
        )
        return
    for name in given:
        if name not in DEFAULTS:
            near = get_close_matches(str(name).upper(), DEFAULTS, 1)
            hint = f"Did you mean {near[0]}?" if near else f"Known: {sorted(DEFAULTS)}"
            yield Error(
                f"CRONMGMT has no setting {name!r}.", hint=hint, id="cronmgmt.E002"
            )


def settings_fit(**kwargs: Any) -> Iterator[CheckMessage]:
    """Every setting must have its type and, where it has one, its range."""
    given = getattr(settings, "CRONMGMT", {})
    for name, value in given.items() if isinstance(given, dict) else ():
        if name in TYPES and not _has_type(value, TYPES[name]):
            yield Error(
                f"CRONMGMT[{name!r}] must be {_wanted(TYPES[name])}; got {value!r}.",
                id="cronmgmt.E003",
            )
        elif isinstance(value, timedelta) and value <= timedelta():
            yield Error(
                f"CRONMGMT[{name!r}] must be above zero; got {value!r}.",
                id="cronmgmt.E003",
            )
        elif isinstance(value, int) and value < 0:
            yield Error(
                f"CRONMGMT[{name!r}] must not be negative; got {value!r}.",
                id="cronmgmt.E003",
            )
        elif name in RANGES and not RANGES[name][0] <= value <= RANGES[name][1]:
            least, most = RANGES[name]
            yield Error(
                f"CRONMGMT[{name!r}] must be from {least} to {most}; got {value!r}.",
                id="cronmgmt.E003",
            )


def a_lease_outlasts_its_beats(**kwargs: Any) -> Iterator[CheckMessage]:
    """A lease that is not extended in time lets another worker run the same run."""
    beat, lease = conf.BEAT, conf.LEASE or USUAL
    if not isinstance(beat, timedelta) or not isinstance(lease, timedelta):
        return  # settings_fit says so.
    if lease < 3 * beat:
        yield Error(
            f"CRONMGMT['LEASE'], {lease}, is over before a beat can extend it.",
            hint=f"Make it at least three times CRONMGMT['BEAT'], which is {beat}.",
            id="cronmgmt.E011",
        )


def patterns_can_be_read(**kwargs: Any) -> Iterator[CheckMessage]:
    """A pattern of REDACT that cannot be read would fail every run."""
    for pattern in conf.REDACT if isinstance(conf.REDACT, list) else ():
        try:
            re.compile(pattern)
        except (re.error, TypeError) as error:
            yield Error(
                f"CRONMGMT['REDACT']: {pattern!r} is no regular expression: {error}.",
                id="cronmgmt.E006",
            )


def the_rate_can_be_counted(**kwargs: Any) -> Iterator[CheckMessage]:
    """A rate that cannot be read would fail every request to the REST API."""
    rate = conf.API_RATE
    if isinstance(rate, str) and not re.fullmatch(RATE, rate):
        yield Error(
            f"CRONMGMT['API_RATE'] is no rate: {rate!r}.",
            hint="A number per second, minute, hour or day: '600/minute'.",
            id="cronmgmt.E013",
        )


def boxes_are_there(**kwargs: Any) -> Iterator[CheckMessage]:
    """An answer to no box of the audit would be an answer that nobody hears."""
    known = [box.id for box in BOXES]
    for box in conf.AUDITED if isinstance(conf.AUDITED, dict) else ():
        if box not in known:
            near = get_close_matches(str(box), known, 1)
            hint = f"Did you mean {near[0]}? " if near else ""
            yield Error(
                f"CRONMGMT['AUDITED'] answers {box!r}, which is no box of the audit.",
                hint=f"{hint}manage.py cronmgmt audit NAME lists them.",
                id="cronmgmt.E016",
            )


def domains_can_be_matched(**kwargs: Any) -> Iterator[CheckMessage]:
    """A domain written as an address would never be that of one."""
    given = conf.NOTIFY_DOMAINS
    for each in given if isinstance(given, list) else ():
        if isinstance(each, str) and each != "*" and not DOMAIN.fullmatch(each):
            yield Error(
                f"CRONMGMT['NOTIFY_DOMAINS']: {each!r} is no mail domain.",
                hint="Such as 'example.com', '.example.com' for all below it, or '*'.",
                id="cronmgmt.E014",
            )


def proxies_are_counted(**kwargs: Any) -> Iterator[CheckMessage]:
    """A site that hears a proxy on other matters most likely stands behind one."""
    heard = [
        name
        for name in ("SECURE_PROXY_SSL_HEADER", "USE_X_FORWARDED_HOST")
        if getattr(settings, name)
    ]
    if heard and "TRUSTED_PROXIES" not in site_settings():
        yield Warning(
            f"{heard[0]} says that a proxy stands in front; the addresses on record "
            "are that proxy's.",
            hint="Say in CRONMGMT['TRUSTED_PROXIES'] how many there are; 0 if none.",
            id="cronmgmt.W008",
        )


def secrets_can_be_sent(**kwargs: Any) -> Iterator[CheckMessage]:
    """A secret that no header can carry would refuse every tick."""
    for name in ("CRON_SECRET", "CRON_SECRET_BEFORE"):
        problem = unusable(getattr(conf, name))
        if problem:
            yield Error(
                f"CRONMGMT[{name!r}] {problem}: no tick would be let in.",
                hint="Make one with: openssl rand -hex 32",
                id="cronmgmt.E012",
            )


def tasks_can_be_kept(**kwargs: Any) -> Iterator[CheckMessage]:
    """Django 5.2 has no Tasks; the package that brings them may not be installed."""
    ours = any(path.startswith("cronmgmt.") for path in task_backends())
    if ours and not has_tasks():
        yield Error(
            "TASKS names a backend of cronmgmt, and there is no Tasks framework.",
            hint="pip install django-cronmgmt[tasks]",
            id="cronmgmt.E030",
        )


def time_zones_are_on(**kwargs: Any) -> Iterator[CheckMessage]:
    """Without USE_TZ an instant is ambiguous for an hour every autumn."""
    if not settings.USE_TZ:
        yield Error(
            "cronmgmt stores instants in UTC and needs USE_TZ = True.",
            hint="Set USE_TZ = True; TIME_ZONE may be whatever you like.",
            id="cronmgmt.E004",
        )


def our_qcluster_comes_first(**kwargs: Any) -> Iterator[CheckMessage]:
    """The first app that has a command of a name is the one whose command runs."""
    names = [config.name for config in apps.get_app_configs()]
    if "django_q" in names and "cronmgmt" in names[names.index("django_q") :]:
        yield Error(
            "manage.py qcluster would be django-q2's own: no job would be scheduled.",
            hint="List 'cronmgmt' before 'django_q' in INSTALLED_APPS.",
            id="cronmgmt.E005",
        )


def _has_type(value: object, wanted: Any) -> bool:
    if get_origin(wanted) is list:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if get_origin(wanted) is dict:
        texts = [*value, *value.values()] if isinstance(value, dict) else [None]
        return all(isinstance(each, str) for each in texts)
    choices = get_args(wanted) or (wanted,)
    if float in choices:
        choices = (*choices, int)
    if isinstance(value, bool):
        return bool in choices
    return isinstance(value, choices)


def _wanted(wanted: Any) -> str:
    words = {
        timedelta: "a timedelta such as timedelta(seconds=30)",
        bool: "True or False",
        int: "a whole number",
        float: "a number such as 0.01",
        str: "a text",
        NoneType: "None",
    }
    if get_origin(wanted) is list:
        return "a list of texts"
    if get_origin(wanted) is dict:
        return "a dict of texts by texts"
    return " or ".join(words[choice] for choice in get_args(wanted) or (wanted,))
