"""Scenarios across the package: real processes on a site of their own."""

from __future__ import annotations
