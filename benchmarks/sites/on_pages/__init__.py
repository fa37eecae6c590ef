"""A site with the dashboard, and a history to look at."""

from __future__ import annotations
