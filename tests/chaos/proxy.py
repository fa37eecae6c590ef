"""A TCP proxy that misbehaves on demand, between a site and its database."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
from collections.abc import Iterator

LOCAL = "127.0.0.1"
PIECE = 65_536
RESET = struct.pack("ii", 1, 0)


class _Link:
    """One client's connection and the one to the server behind it."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.ends = (client, server)
        self._resets = False

    def other(self, end: socket.socket) -> socket.socket:
        client, server = self.ends
        return server if end is client else client

    def cut(self) -> None:
        """Have it reset, by the thread that reads: what a thread waits for stays open.

        This end's own word that nothing comes any more wakes it, and tells nobody else.
        """
        self._resets = True
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RD)

    def close(self) -> None:
        """Close both ends, for whoever reads them."""
        for end in self.ends:
            with contextlib.suppress(OSError):
                if self._resets:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                end.close()


class Proxy:
    """Passes on what comes in at ``port`` to ``target``, until told otherwise."""

    def __init__(self, target: int) -> None:
        self.target = target
        self._listener = socket.create_server((LOCAL, 0))
        self._listener.settimeout(0.2)
        self.port = int(self._listener.getsockname()[1])
        self._links: list[_Link] = []
        self._flowing = threading.Event()
        self._flowing.set()
        self._refuses = False
        self._swallows_answers = False
        self._ended = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    # What it can be told.

    def cut(self) -> None:
        """Reset every connection; new ones are taken at once."""
        links, self._links = self._links, []
        for link in links:
            link.cut()

    def refuse(self, *, yes: bool) -> None:
        """Cut, and drop whoever connects, until told otherwise."""
        self._refuses = yes
        if yes:
            self.cut()

    def stall(self, *, yes: bool) -> None:
        """Pass nothing on, in either direction, until told otherwise."""
        if yes:
            self._flowing.clear()
        else:
            self._flowing.set()

    def lose_answers(self) -> None:
        """Let the next statements through, lose what the server says to them, and cut.

        A commit whose answer is lost: nobody knows whether it happened.
        """
        self._swallows_answers = True

    def half_close(self) -> None:
        """Close the server's side only: clients learn of it when they next write."""
        for link in list(self._links):
            with contextlib.suppress(OSError):
                link.ends[1].shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Stop for good."""
        self._ended.set()
        self._flowing.set()
        self._listener.close()
        self.cut()

    # How it works.

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            try:
                server = socket.create_connection((LOCAL, self.target), timeout=5)
            except OSError:
                client.close()
                continue
            link = _Link(client, server)
            if self._refuses:
                link.cut()
                link.close()
                continue
            for end in link.ends:
                end.settimeout(None)
            self._links.append(link)
            threading.Thread(target=self._pass_on, args=(link,), daemon=True).start()

    def _pass_on(self, link: _Link) -> None:
        with contextlib.suppress(OSError, ValueError):
            for end, data in _read(link):
                self._flowing.wait()
                if end is link.ends[1] and self._swallows_answers:
                    self._swallows_answers = False
                    link.cut()
                    break
                link.other(end).sendall(data)
        link.close()
        with contextlib.suppress(ValueError):
            self._links.remove(link)


def _read(link: _Link) -> Iterator[tuple[socket.socket, bytes]]:
    while True:
        ready, _, _ = select.select(link.ends, [], [])
        for end in ready:
            data = end.recv(PIECE)
            if not data:
                return
            yield end, data
