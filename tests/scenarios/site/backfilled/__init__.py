"""An app whose job comes due while its past is run."""

from __future__ import annotations
