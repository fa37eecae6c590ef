"""One run of the benchmark: its rounds, its sizes and the contenders set up so far."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.contenders import OURS, PEERS, Contender
from benchmarks.pages import FEW, MANY
from benchmarks.results import Results, Row
from benchmarks.stand import Stand, WrongResult, set_up


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything a part measures on."""

    runs: int = 4_000
    schedules: int = 2_000
    crowds: tuple[int, ...] = (200, 1_000, 1)
    instants: int = 3
    lead: float = 8.0
    """Seconds between a schedule's change and its due instant: beat reads them anew
    every five."""
    triggers: int = 10
    enqueued: int = 1_000
    at_once: int = 10_000
    idle_seconds: float = 60.0
    idle_schedules: int = 100
    claims: int = 300
    small_table: int = 1_000
    finished: int = 1_000_000
    waiting: int = 100_000
    parked: int = 10_000
    in_a_row: int = 200_000
    beside_a_snapshot: int = 50_000
    elsewhere: tuple[int, int, int] = (200_000, 20_000, 20_000)
    """Finished, waiting and in a row on the databases that are measured for the record."""
    page_runs: tuple[int, ...] = (FEW, MANY)


SMALL = Sizes(
    runs=200,
    schedules=200,
    crowds=(20, 1),
    instants=1,
    lead=2.0,
    triggers=2,
    enqueued=50,
    at_once=200,
    idle_seconds=1.0,
    idle_schedules=10,
    claims=20,
    small_table=100,
    finished=5_000,
    waiting=500,
    parked=700,
    in_a_row=500,
    beside_a_snapshot=500,
    elsewhere=(1_000, 200, 200),
    page_runs=(500, 1_000),
)


# Whether results are right, in as little time as that takes.
SMOKE = replace(SMALL, crowds=(20,))


@dataclass(slots=True)
class Bench:
    """What a part is given."""

    folder: Path
    rounds: int
    stack: ExitStack
    sizes: Sizes = field(default_factory=Sizes)
    with_peers: bool = True
    against: frozenset[str] = frozenset()
    """The names of the peers to compare with; empty: all of them."""
    results: Results = field(default_factory=Results)
    settings: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    """What contenders did that they were not asked to, a sentence each."""
    _stands: dict[str, Stand] = field(default_factory=dict)

    def contenders(self, ours: Sequence[Contender] = OURS) -> list[Contender]:
        """Return who is measured: ours, and every peer unless this is the small form."""
        peers = PEERS if self.with_peers else ()
        chosen = self.against
        return [*ours, *(p for p in peers if not chosen or p.name in chosen)]

    def stand(self, contender: Contender) -> Stand:
        """Return the contender, set up; it stays so until the end of the run."""
        if not self.with_peers:
            contender = contender.at_home()  # Nothing is to be installed.
        if contender.key not in self._stands:
            self.say(f"setting up {contender.label}")
            stand = self.stack.enter_context(set_up(contender, self.folder))
            self._stands[contender.key] = stand
            self.note_settings(stand)
        return self._stands[contender.key]

    def note_settings(self, stand: Stand) -> None:
        """Keep which versions and settings a contender was measured with."""
        self.settings[stand.contender.label] = {
            "versions": stand.ask("versions"),
            "settings": stand.ask("settings"),
        }

    def in_turn(
        self,
        contenders: Iterable[Contender],
        measure: Callable[[Stand, int], None],
        stand: Callable[[Contender], Stand] | None = None,
    ) -> None:
        """Measure the contenders one after the other, round after round."""
        chosen = list(contenders)
        for number in range(self.rounds):
            for contender in list(chosen):
                try:
                    ready = (stand or self.stand)(contender)
                    ready.clear()
                    measure(ready, number)
                except WrongResult as error:
                    # The others can still be compared.
                    self.wrong.append(f"WRONG: {error}")
                    self.say(self.wrong[-1])
                    chosen.remove(contender)

    def add(
        self,
        part: str,
        measure: str,
        stand: Stand,
        unit: str,
        number: int,
        *values: float,
    ) -> None:
        """Keep what was measured, and say it."""
        row = Row(part, measure, stand.contender.label)
        self.results.add(row, unit, number, *values)
        shown = ", ".join(f"{value:,.4g}" for value in values)
        self.say(
            f"{part} round {number + 1}: {row.contender}: {measure}: {shown} {unit}"
        )

    def say(self, line: str) -> None:
        """Tell who waits how far it is."""
        print(line, file=sys.stderr, flush=True)
