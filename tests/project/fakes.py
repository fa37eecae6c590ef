"""A run that is no more than what a handler sees of one."""

from __future__ import annotations


class Killed(Exception):
    """The attempt ended in the middle."""


class FakeRun:
    """Keeps checkpoints in memory, and dies at the checkpoint it is told to."""

    def __init__(self, kept=None, *, dies_before=None, dies_after=None):
        self.kept = kept
        self.saved = 0
        self.reported = []
        self.lines = []
        self.dies_before = dies_before
        self.dies_after = dies_after

    def checkpoint(self, *values):
        if values:
            self.save(values[0])
        return self.kept

    def save(self, value):
        self.saved += 1
        if self.saved == self.dies_before:
            raise Killed
        self.kept = value
        if self.saved == self.dies_after:
            raise Killed

    def progress(self, done, total=None):
        self.reported.append((done, total))

    def log(self, text):
        self.lines.append(text)
