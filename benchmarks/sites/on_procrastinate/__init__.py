"""A site on procrastinate."""

from __future__ import annotations
