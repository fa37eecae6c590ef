"""Tests of the members sync, on two databases of their own."""

from __future__ import annotations
