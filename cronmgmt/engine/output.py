"""What a handler prints and logs -> pieces of the run's log, bounded."""

from __future__ import annotations

import io
import logging
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TextIO

from cronmgmt.conf import conf
from cronmgmt.telemetry.redaction import Redactor
from cronmgmt.text import clean_text, safe_str

LONGEST_LINE = 4096


class Echo(io.TextIOBase):
    """Shows a person what a run prints, and how far it is."""

    def progress(self, done: int, total: int | None) -> None:
        """Show that ``done`` of ``total`` is done."""


class Output:
    """Keeps the first and the last half of LOG_LIMIT characters.

    The supervisor takes what has come so far while the handler goes on writing. An
    ``echo`` gets everything as it comes, for a person at a terminal.
    """

    def __init__(
        self, echo: TextIO | Echo | None = None, redactor: Redactor | None = None
    ) -> None:
        self._lock = threading.Lock()
        self._echo = echo
        self.redactor = redactor or Redactor()
        self._room = conf.LOG_LIMIT // 2
        self._pending: list[str] = []
        self._tail: deque[str] = deque()
        self._tail_size = 0
        self._dropped = 0

    def write(self, text: str) -> None:
        """Append ``text``."""
        if self._echo:
            self._show(self._echo, text)
        with self._lock:
            head, rest = text[: self._room], text[self._room :]
            self._room -= len(head)
            if head:
                self._pending.append(head)
            if rest:
                self._keep_last(rest)

    def progress(self, done: int, total: int | None) -> None:
        """Tell whoever looks on how far the run is."""
        if isinstance(self._echo, Echo):
            self._echo.progress(done, total)

    def _show(self, echo: TextIO | Echo, text: str) -> None:
        try:
            echo.write(text)
        except UnicodeEncodeError:
            echo.write(text.encode("ascii", "backslashreplace").decode())
        except (OSError, ValueError):
            self._echo = None  # The terminal is gone; the run goes on.

    def _keep_last(self, text: str) -> None:
        limit = max(conf.LOG_LIMIT // 2, 1)
        self._dropped += max(len(text) - limit, 0)
        self._tail.append(text[-limit:])
        self._tail_size += len(self._tail[-1])
        while self._tail_size > limit:
            oldest = self._tail.popleft()
            excess = min(self._tail_size - limit, len(oldest))
            self._tail_size -= excess
            self._dropped += excess
            if excess < len(oldest):
                self._tail.appendleft(oldest[excess:])

    def take(self, *, last: bool = False) -> str:
        """Return what was not taken yet, redacted; the last call also gets the end.

        A line that is not finished waits, so that no secret is cut in two.
        """
        with self._lock:
            text = "".join(self._pending)
            self._pending.clear()
            if not last:
                text, rest = _whole_lines(text)
                self._pending[:] = [rest] if rest else []
            elif self._tail:
                if self._dropped:
                    text += f"\n[… {self._dropped} characters left out …]\n"
                text += "".join(self._tail)
                self._tail.clear()
        return self.redactor.text(clean_text(text))

    def trust(self, redactor: Redactor) -> None:
        """Mask by ``redactor`` from now on: it knows the handler's secrets too."""
        self.redactor = redactor

    def give_back(self, text: str) -> None:
        """Take back a piece that could not be stored; it comes first next time."""
        with self._lock:
            self._pending.insert(0, text)


def _whole_lines(text: str) -> tuple[str, str]:
    """Split what may be stored now from an unfinished last line, unless that is long."""
    cut = text.rfind("\n") + 1
    return (text, "") if len(text) - cut > LONGEST_LINE else (text[:cut], text[cut:])


class _Stream(io.TextIOBase):
    """``sys.stdout`` and ``sys.stderr`` while a handler runs."""

    encoding = "utf-8"

    def __init__(self, output: Output) -> None:
        self._output = output

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._output.write(text)
        return len(text)


class _LogHandler(logging.Handler):
    """Copies what is logged while a handler runs, but not the engine's own lines."""

    def __init__(self, output: Output) -> None:
        super().__init__()
        self._output = output
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("cronmgmt"):
            return
        try:
            line = self.format(record)
        except Exception as error:
            line = f"A log record could not be formatted: {safe_str(error)}"
        self._output.write(f"{line}\n")


@contextmanager
def captured(output: Output) -> Iterator[None]:
    """Send everything printed or logged inside the block to ``output``."""
    stream = _Stream(output)
    handler = _LogHandler(output)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        with redirect_stdout(stream), redirect_stderr(stream):
            yield
    finally:
        root.removeHandler(handler)
