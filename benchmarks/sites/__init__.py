"""One small Django project per contender, each run by an interpreter of its own.

``settings.py`` is the site, ``site.py`` what the driver may ask of it (see
``benchmarks/sites/site.py``), ``work.py`` the handlers where a contender wants them
declared.
"""

from __future__ import annotations

LATER = 3_600.0
"""Seconds: schedules that are to do nothing during a measurement are due after it."""
