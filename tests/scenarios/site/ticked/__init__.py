"""Work for ticks."""

from __future__ import annotations
