"""A node without processes, for tests of its steps."""

from __future__ import annotations


class Crew:
    """Workers without processes."""

    def __init__(self):
        self.workers = {}
        self.idle = 1
        self.heard_at = 0.0
        self.rings = []
        self.dead = []
        self.alive = True
        self.is_broken = False
        self.restarts = 0

    def ring(self, queue, runs=1):
        self.rings += [queue] * runs

    def hear(self):
        dead, self.dead = self.dead, []
        return dead

    def is_alive(self):
        return self.alive

    def restart(self):
        self.restarts += 1
        self.alive = True

    def descriptors(self):
        return []
