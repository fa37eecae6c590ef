"""What is done to a site, each fault by its name. All of them end by themselves."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

from tests.chaos.stage import Stage

Attack = Callable[[Stage, random.Random], None]

KINDS = ("sqlite", "postgresql", "mariadb")
SERVERS = ("postgresql", "mariadb")
BROKERS = ("orm", "redis")
HOMES = ("processes", "databases", "brokers", "clocks", "deploys")


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault, and the databases and brokers that can have it."""

    name: str
    attack: Attack
    kinds: Sequence[str] = KINDS
    brokers: Sequence[str] = BROKERS
    repeats: bool = False
    """Whether a run may be executed a second time because of it."""


FAULTS: list[Fault] = []


def fault(
    name: str,
    *,
    kinds: Sequence[str] = KINDS,
    brokers: Sequence[str] = BROKERS,
    repeats: bool = False,
) -> Callable[[Attack], Attack]:
    """Add a fault of that name."""

    def add(attack: Attack) -> Attack:
        FAULTS.append(Fault(name, attack, kinds, brokers, repeats))
        return attack

    return add


def faults_of(kind: str, broker: str, named: str = "") -> list[Fault]:
    """Return the faults that such a site can have, in a constant order."""
    for home in HOMES:
        import_module(f"{__name__}.{home}")
    able = [f for f in FAULTS if kind in f.kinds and broker in f.brokers]
    return [f for f in able if named in f.name]
