"""Interpreters with what a contender takes and nothing else, made once and kept in ``.venvs/``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.contenders import Contender
from benchmarks.processes import ROOT

REQUIREMENTS = Path(__file__).parent / "requirements"


def interpreter(contender: Contender) -> str:
    """Return the Python that runs a contender; its environment is made if needed."""
    if not contender.packages:
        return sys.executable
    folder = ROOT / ".venvs" / f"bench-{contender.packages}"
    wanted = (REQUIREMENTS / f"{contender.packages}.txt").read_text()
    note = folder / "installed.txt"
    python = str(folder / "bin" / "python")
    if not note.exists() or note.read_text() != wanted:
        print(f"Installing {contender.packages} into {folder.relative_to(ROOT)} (once)")
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        file = str(REQUIREMENTS / f"{contender.packages}.txt")
        subprocess.run([*pip, "-r", file], check=True)
        note.write_text(wanted)
    return python
