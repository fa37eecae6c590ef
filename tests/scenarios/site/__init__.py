"""A host site whose processes the scenarios start, steer and kill."""

from __future__ import annotations
