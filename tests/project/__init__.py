"""Tests of the demo site; they need none of its settings unless they start it."""

from __future__ import annotations
