"""A site on cronmgmt."""

from __future__ import annotations
