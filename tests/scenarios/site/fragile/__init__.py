"""A site whose processes die in the middle of something, when a test says so."""

from __future__ import annotations
