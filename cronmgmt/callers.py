"""A request -> the address it comes from, as told by proxies that the site trusts."""

from __future__ import annotations

import ipaddress

from django.http import HttpRequest

from cronmgmt.conf import conf

HEADER = "X-Forwarded-For"


def address_of(request: HttpRequest) -> str:
    """Return the address of who asks; empty if none is known, as behind a Unix socket.

    Each proxy appends the address that it was asked from to ``X-Forwarded-For``. With
    ``TRUSTED_PROXIES`` of them in front the entry so many from the right was written
    by the outermost one; what stands before it anybody may have invented.
    """
    peer = request.META.get("REMOTE_ADDR") or ""
    proxies: int = conf.TRUSTED_PROXIES
    if proxies < 1:
        return peer
    told = request.headers.get(HEADER, "").split(",")
    # A request that came past an outer proxy has fewer entries: the first is its own.
    return _address(told[-min(proxies, len(told))]) or peer


def network_of(address: str) -> str:
    """Return what one caller may have many addresses of: a /64 of IPv6, else itself."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if ip.version == 4:
        return str(ip)
    return str(ipaddress.ip_network((int(ip), 64), strict=False))


def _address(text: str) -> str:
    """Return the IP address in a proxy's entry, which may add a port; empty if none."""
    entry = text.strip()
    if entry.startswith("["):
        entry = entry[1:].partition("]")[0]
    elif entry.count(":") == 1:
        entry = entry.partition(":")[0]
    try:
        ip = ipaddress.ip_address(entry.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(ip, "ipv4_mapped", None) or ip)
