"""A site on plain django-q2."""

from __future__ import annotations
