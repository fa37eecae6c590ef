"""What ``manage.py demo`` does, a file per step."""

from __future__ import annotations
