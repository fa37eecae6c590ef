"""Tables of a source database -> their copies in a target database."""

from __future__ import annotations
