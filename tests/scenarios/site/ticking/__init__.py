"""An app with one job, due each second."""

from __future__ import annotations
