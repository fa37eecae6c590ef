"""Tests of the nightly look at certifications."""

from __future__ import annotations
