"""A section of the README -> the steps that a reader would take, one after the other.

A comment in front of a fenced block says what a reader does with it::

    <!-- file: mysite/settings.py -->    append it to that file
    <!-- run -->                         type it in the project's folder
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BLOCK = re.compile(
    r"^<!-- (?:file: (?P<file>\S+)|run) -->\s*^```\w*\n(?P<text>.*?)^```",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Step:
    """Text to append to a file, or lines for the shell when there is no file."""

    text: str
    file: str | None = None

    @property
    def lines(self) -> list[str]:
        """The commands, without blank lines and the shell's comments."""
        lines = (line.strip() for line in self.text.splitlines())
        return [line for line in lines if line and not line.startswith("#")]


def section(page: str, heading: str) -> str:
    """Return what stands under a heading of the second level; empty if it is absent."""
    found = re.search(
        rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL
    )
    return found[1] if found else ""


def steps(text: str) -> list[Step]:
    return [Step(block["text"], block["file"]) for block in BLOCK.finditer(text)]
