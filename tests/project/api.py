"""The stand-in API behind a real server that also fails, at requests a test chooses."""

from __future__ import annotations

import json
import socket
import time
from contextlib import contextmanager, suppress
from functools import partial

from project.intercom.stand_in import StandIn
from tests.web_server import says, serving

TOKEN = "for the tests only"


def refuse(status, **headers):
    """Answer with a status without looking at the request."""
    answer = says(status, **headers)
    return lambda request, handle: answer(request)


def cut(request, handle):
    """Hang up instead of answering."""
    request.connection.shutdown(socket.SHUT_RDWR)
    request.close_connection = True


def take_and_cut(request, handle):
    """Do what was asked, and hang up instead of saying so."""
    handle()
    cut(request, handle)


def dawdle(request, handle):
    """Answer, but not soon."""
    time.sleep(0.1)
    with suppress(BrokenPipeError):
        answer(request, handle)


def answer(request, handle):
    """Answer as the API does."""
    reply = handle()
    headers = {"Content-Type": "application/json", **reply.headers}
    says(reply.status, json.dumps(reply.content), **headers)(request)


class Api:
    """Counts like the stand-in, and keeps when each request came."""

    def __init__(self, faults, **options):
        self.options = options
        self.begin(faults)

    def begin(self, faults=()):
        """Forget everything; ``faults`` are by the number of the request, from 1 on."""
        self.faults = dict(faults)
        self.stand_in = StandIn(TOKEN, **self.options)
        self.counts = self.stand_in.counts
        self.times = []

    def __call__(self, request):
        self.times.append(time.monotonic())
        behave = self.faults.get(len(self.times), answer)
        behave(request, partial(self.stand_in.receive, *self.asked(request)))

    def asked(self, request):
        """Return who asks, under which key, and the body."""
        headers = dict(request.headers)
        key = headers["Idempotency-Key"]
        # Requests under the same key have the same body.
        bodies = {seen["Idempotency-Key"]: body for *_, seen, body in self.server.seen}
        return headers["Authorization"], key, bodies[key]

    def most_in_a_second(self):
        """Return how many requests came in the busiest second."""
        within = [[t for t in self.times if s <= t < s + 1] for s in self.times]
        return max(map(len, within), default=0)


@contextmanager
def an_api(faults=(), **options):
    """Serve the API, with faults as in :meth:`Api.begin`."""
    api = Api(faults, **options)
    with serving({"/contacts": api}) as api.server:
        api.url = api.server.url
        yield api
