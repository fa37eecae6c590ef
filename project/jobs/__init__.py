"""The jobs of the site; cronmgmt imports this package when Django starts."""

from __future__ import annotations

from project.jobs import certifications, demo, health, intercom, reports, syncs

__all__ = ["certifications", "demo", "health", "intercom", "reports", "syncs"]
