"""An app whose jobs share a lock, limit themselves, wait and replace."""

from __future__ import annotations
