"""What a run printed and logged: its end, and what came since."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models.functions import Length

from cronmgmt.models import JobRun, RunLog

SHOWN = 100_000
"""So many of a log's last characters are on a run's page."""

MOST_PIECES = 1_000


@dataclass(frozen=True, slots=True)
class LogPart:
    """Some text of a log; ``last`` is the id of its last piece, 0 before the first.

    ``is_cut`` tells that something before it, or after it, is left out.
    """

    text: str
    last: int
    is_cut: bool = False


def log_end(run: JobRun) -> LogPart:
    """Return the end of a run's log, at most SHOWN characters."""
    pieces = RunLog.objects.filter(run_id=run.pk).order_by("-id")
    sizes = list(pieces.values_list("id", Length("text"))[: MOST_PIECES + 1])
    chosen: list[int] = []
    size = 0
    for key, length in sizes[:MOST_PIECES]:
        if size >= SHOWN:
            break
        chosen.append(key)
        size += length
    texts = pieces.filter(id__in=chosen).order_by("id").values_list("text", flat=True)
    text = "".join(texts)
    is_cut = len(chosen) < len(sizes) or len(text) > SHOWN
    return LogPart(text[-SHOWN:], chosen[0] if chosen else 0, is_cut)


def log_since(run: JobRun, last: int) -> LogPart:
    """Return what came after a piece, at most about SHOWN characters of it.

    ``is_cut`` tells that there is more: ask again.
    """
    pieces = RunLog.objects.filter(run_id=run.pk, id__gt=last).order_by("id")
    rows = list(pieces.values_list("id", Length("text"))[:MOST_PIECES])
    size, until = 0, last
    for key, length in rows:
        if size and size + length > SHOWN:
            break
        size, until = size + length, key
    texts = pieces.filter(id__lte=until).values_list("text", flat=True)
    is_cut = bool(rows) and (until < rows[-1][0] or len(rows) == MOST_PIECES)
    return LogPart("".join(texts), until, is_cut)
