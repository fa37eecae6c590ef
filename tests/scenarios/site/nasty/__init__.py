"""An app whose handlers do what handlers should not."""

from __future__ import annotations
