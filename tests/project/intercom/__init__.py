"""Tests of the push to the contacts' API."""

from __future__ import annotations
