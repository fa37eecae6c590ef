"""What runs and measures the tests; nothing here tests the package."""

from __future__ import annotations
