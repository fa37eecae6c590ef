"""A site on django-tasks' database backend."""

from __future__ import annotations
