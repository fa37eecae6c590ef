"""A host app: what a site that uses the package would write."""

from __future__ import annotations
