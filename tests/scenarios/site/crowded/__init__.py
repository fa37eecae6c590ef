"""An app with fifty jobs, due every one to ten seconds."""

from __future__ import annotations
