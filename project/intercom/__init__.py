"""Members who changed -> contacts of an HTTP API, each change once."""

from __future__ import annotations
