"""The tables of the host app."""

from __future__ import annotations
