"""HTTP to elsewhere: only to hosts that the site allows, wherever their names lead.

The address is looked up once, checked, and then connected to: a name that answers with
another address a moment later gains nothing.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from cronmgmt.conf import conf
from cronmgmt.errors import Refused, shorten

MOST_REDIRECTS = 5
MOST_BODY = 65_536
REDIRECTS = (301, 302, 303, 307, 308)


class HostRefused(Refused):
    """The site does not allow requests to that host or address."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; ``body`` is its first MOST_BODY bytes as text."""

    status: int
    body: str
    headers: Mapping[str, str]


def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: str = "",
    timeout: float = 30.0,
) -> Answer:
    """Send a request and return the answer; ``timeout`` seconds for all of it.

    A redirect is followed on the same host and scheme only. Raises HostRefused,
    ValueError for a URL that is none, OSError (also TimeoutError) or
    http.client.HTTPException when the server cannot be talked to.
    """
    deadline = time.monotonic() + timeout
    origin = checked_url(url)
    for _ in range(MOST_REDIRECTS + 1):
        answer = _once(checked_url(url), method, headers or {}, body, deadline)
        if answer.status not in REDIRECTS or "location" not in answer.headers:
            return answer
        url = urljoin(url, answer.headers["location"])
        target = urlsplit(url)
        if (target.scheme, target.netloc) != (origin.scheme, origin.netloc):
            raise HostRefused(f"{origin.netloc} redirects to {shorten(url)}: refused.")
        if answer.status == 303 or (answer.status in (301, 302) and method == "POST"):
            method, body = "GET", ""
    raise HostRefused(f"{origin.netloc} redirects more than {MOST_REDIRECTS} times.")


def checked_url(url: str) -> SplitResult:
    """Return the parts of a URL to an allowed host; raise HostRefused or ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{shorten(url)!r} is not an http or https URL.")
    if parts.username is not None or parts.password is not None:
        raise ValueError("Leave user and password out of the URL; use a secret header.")
    _ = parts.port  # Raises ValueError for one that is none.
    if not is_listed(parts.hostname, conf.HTTP_HOSTS):
        raise HostRefused(
            f"Requests to {shorten(parts.hostname)} are not allowed: add it to "
            "CRONMGMT['HTTP_HOSTS']."
        )
    return parts


def is_listed(host: str, hosts: list[str]) -> bool:
    """Return whether ``host`` is in the list; ``.example.com`` lists all below it."""
    name = host.lower().rstrip(".")
    return any(
        name == entry.lower()
        or (entry.startswith(".") and name.endswith(entry.lower()))
        for entry in hosts
    )


def allowed_addresses(host: str, port: int) -> list[tuple[Any, ...]]:
    """Return what ``host`` resolves to as far as it may be connected to.

    Raises HostRefused if any answer is a private, loopback, link-local or otherwise
    not public address, unless the host is in ``HTTP_PRIVATE_HOSTS``.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    if is_listed(host, conf.HTTP_PRIVATE_HOSTS):
        return found
    for *_rest, address in found:
        if not is_public(str(address[0])):
            raise HostRefused(
                f"{shorten(host)} leads to {address[0]}, which is not a public "
                "address: add the host to CRONMGMT['HTTP_PRIVATE_HOSTS'] if that is "
                "meant."
            )
    return found


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    if mapped is not None:
        return is_public(str(mapped))
    return ip.is_global and not ip.is_multicast


class _Connection(http.client.HTTPConnection):
    """Connects to an address that was checked, under the name that was asked for."""

    deadline: float
    secure = False
    wire: socket.socket

    def connect(self) -> None:
        last: OSError | None = None
        for family, kind, protocol, _name, address in allowed_addresses(
            self.host, self.port
        ):
            self.sock = socket.socket(family, kind, protocol)
            try:
                self.sock.settimeout(_left(self.deadline))
                self.sock.connect(address)
            except OSError as error:
                self.sock.close()
                last = error
                continue
            self._secure()
            # The response takes the socket over; the deadline still holds for it.
            self.wire = self.sock
            return
        raise last or OSError(f"{self.host} has no address.")

    def _secure(self) -> None:
        if self.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def _once(
    parts: SplitResult,
    method: str,
    headers: Mapping[str, str],
    body: str,
    deadline: float,
) -> Answer:
    secure = parts.scheme == "https"
    assert parts.hostname is not None
    connection = _Connection(parts.hostname, parts.port or (443 if secure else 80))
    connection.deadline, connection.secure = deadline, secure
    path = parts.path or "/"
    target = f"{path}?{parts.query}" if parts.query else path
    try:
        connection.request(method, target, body.encode() or None, dict(headers))
        response = connection.getresponse()
        text = _read(connection, response, deadline)
        names = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, text, names)
    finally:
        connection.close()


def _read(
    connection: _Connection, response: http.client.HTTPResponse, deadline: float
) -> str:
    """Read the start of the body; a server that drips it runs into the deadline."""
    data = b""
    while len(data) < MOST_BODY:
        connection.wire.settimeout(_left(deadline))
        piece = response.read1(MOST_BODY - len(data))
        if not piece:
            break
        data += piece
    return data.decode(errors="replace")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("The server took too long.")
    return left
