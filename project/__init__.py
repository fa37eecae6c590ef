"""The demo site: a membership organisation's nightly jobs on cronmgmt."""

from __future__ import annotations
