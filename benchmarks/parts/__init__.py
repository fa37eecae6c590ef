"""What is measured: a module per part."""

from __future__ import annotations
