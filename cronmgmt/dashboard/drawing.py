"""The latest occurrences of a job -> a strip of bars, as SVG, and a text that says it.

Each outcome has a height and an outline of its own, so that none depends on colour:
a success is a bar of middle height, a failure a tall one with a cut, what did not run
is hollow or short.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cronmgmt.queries import SLOTS, Slot

STEP, WIDTH, HEIGHT = 3, 2, 22

LABELS = {
    "succeeded": gettext_lazy("succeeded"),
    "failed": gettext_lazy("failed"),
    "timed_out": gettext_lazy("timed out"),
    "lost": gettext_lazy("lost"),
    "running": gettext_lazy("running"),
    "claimed": gettext_lazy("about to start"),
    "queued": gettext_lazy("queued"),
    "waiting": gettext_lazy("waiting for a lock"),
    "cancelled": gettext_lazy("cancelled"),
    "skipped": gettext_lazy("skipped"),
    "missed": gettext_lazy("missed"),
    "superseded": gettext_lazy("superseded by a later one"),
    "off": gettext_lazy("switched off"),
    "holiday": gettext_lazy("holiday"),
    "broken": gettext_lazy("set aside"),
}
"""Runs' states and gaps' kinds, as a strip says them."""

Shape = Callable[[int], str]


def _bar(top: int, bottom: int = HEIGHT) -> Shape:
    return lambda x: f"M{x} {top}h{WIDTH}V{bottom}h-{WIDTH}z"


def _cut(x: int) -> str:
    return f"M{x} 1h{WIDTH}v13h-{WIDTH}zM{x} 17h{WIDTH}v5h-{WIDTH}z"


def _hollow(x: int) -> str:
    return f"M{x + 0.5} 7.5h1v14h-1z"


SHAPES: dict[str, Shape] = {
    "succeeded": _bar(7),
    "failed": _cut,
    "timed_out": _cut,
    "lost": _cut,
    "running": _bar(1),
    "claimed": _hollow,
    "queued": _hollow,
    "waiting": _hollow,
    "missed": _hollow,
    "superseded": _hollow,
    "broken": _hollow,
    "skipped": _bar(17),
    "cancelled": _bar(17),
    "off": _bar(20),
    "holiday": _bar(20),
}
TOLD = frozenset(SHAPES) - {"succeeded", "off", "holiday"}
"""What a pointer over it says; of the others there may be many, and little to say."""


def strip(slots: Sequence[Slot]) -> SafeString:
    """Draw the occurrences, the latest at the right end."""
    start = (SLOTS - len(slots)) * STEP
    placed = [(start + at * STEP, slot) for at, slot in enumerate(slots)]
    return format_html(
        '<svg class="strip" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<path class="ground" d="M0 {}h{}"/>{}{}</svg>',
        SLOTS * STEP,
        HEIGHT,
        in_words(slots),
        HEIGHT + 0.5,
        SLOTS * STEP,
        _silent(placed),
        _told(placed),
    )


def legend() -> SafeString:
    """Draw what each kind of bar means, each once."""
    kinds = ("succeeded", "failed", "running", "missed", "skipped", "off")
    return format_html_join(
        "",
        '<li><svg viewBox="0 0 3 22" class="strip" aria-hidden="true">'
        '<path class="{}" d="{}"/></svg>{}</li>',
        [(kind, SHAPES[kind](0), LABELS[kind]) for kind in kinds],
    )


def in_words(slots: Sequence[Slot]) -> str:
    """Say what became of the latest occurrences: ``57 succeeded, 3 failed``."""
    if not slots:
        return _("It has not run yet.")
    counts = Counter(slot.kind for slot in slots)
    parts = [f"{count} {LABELS[kind]}" for kind, count in counts.most_common()]
    return _("The last %(count)d times: %(outcomes)s; the latest: %(latest)s.") % {
        "count": len(slots),
        "outcomes": ", ".join(parts),
        "latest": LABELS[slots[-1].kind],
    }


Placed = Iterable[tuple[int, Slot]]


def _silent(placed: Placed) -> SafeString:
    """Draw all bars of a kind as one path."""
    paths: dict[str, list[str]] = {}
    for x, slot in placed:
        if slot.kind not in TOLD:
            paths.setdefault(slot.kind, []).append(SHAPES[slot.kind](x))
    joined = [(kind, "".join(shapes)) for kind, shapes in paths.items()]
    return format_html_join("", '<path class="{}" d="{}"/>', joined)


def _told(placed: Placed) -> SafeString:
    return format_html_join(
        "",
        '<path class="{}" d="{}"><title>{}: {}</title></path>',
        [
            (slot.kind, SHAPES[slot.kind](x), LABELS[slot.kind], _moment(slot.at))
            for x, slot in placed
            if slot.kind in TOLD
        ],
    )


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"
