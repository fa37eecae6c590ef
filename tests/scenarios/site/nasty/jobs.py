"""Declares them."""

from __future__ import annotations

from tests.scenarios.site.nasty import ending, leaving

__all__ = ["ending", "leaving"]
