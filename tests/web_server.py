"""A real HTTP server on loopback whose answers a test chooses."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answers = dict[str, Callable[[BaseHTTPRequestHandler], None]]


@contextmanager
def serving(answers: Answers):
    """Serve ``answers`` by path; yields the server, whose ``seen`` lists requests."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            self.server.seen.append((self.command, self.path, dict(self.headers), body))
            answers[self.path.partition("?")[0]](self)

        do_GET = do_POST = do_PUT = handle_any

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.seen = []
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def says(status: int, body: str = "", **headers: str):
    """Return an answer of that status and body."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        data = body.encode()
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    return answer


def drips(request: BaseHTTPRequestHandler) -> None:
    """Send a byte now and then, for ever: no single read takes too long."""
    request.send_response(200)
    request.end_headers()
    try:
        while True:
            request.wfile.write(b".")
            request.wfile.flush()
            time.sleep(0.05)
    except OSError:
        return
