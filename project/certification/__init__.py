"""Certifications that expire: notices before, and a pause when they have."""

from __future__ import annotations
