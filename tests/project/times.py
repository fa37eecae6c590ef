"""A clock that only sleeping moves."""

from __future__ import annotations


class Time:
    """Call it for the time, from 0 on."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds
