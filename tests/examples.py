"""How many examples hypothesis draws: few in each run, many when somebody asks."""

from __future__ import annotations

import os

TIMES = int(os.environ.get("CRONMGMT_EXAMPLES", "1"))
"""How many times the usual number of examples; more than one also means random."""
