"""The address of who asks, behind so many proxies as the site says."""

from __future__ import annotations

import pytest

from cronmgmt.actors import asking
from cronmgmt.callers import address_of, network_of

PROXY = "10.0.0.1"


@pytest.fixture
def ask(rf, settings):
    """Return the address that is made out, given what proxies said."""

    def asking(proxies, told, peer=PROXY):
        settings.CRONMGMT = {"TRUSTED_PROXIES": proxies}
        headers = {"X-Forwarded-For": told} if told is not None else {}
        return address_of(rf.get("/", headers=headers, REMOTE_ADDR=peer))

    return asking


@pytest.mark.parametrize(
    ("proxies", "told", "address"),
    [
        (0, None, PROXY),
        (0, "192.0.2.7", PROXY),
        (1, "192.0.2.7", "192.0.2.7"),
        (2, "192.0.2.7, 10.0.0.2", "192.0.2.7"),
        # What the caller sent itself stands to the left of what a proxy wrote.
        (1, "127.0.0.1, 192.0.2.7", "192.0.2.7"),
        (2, "127.0.0.1, 8.8.8.8, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        (1, "192.0.2.7,", PROXY),
        (1, "evil, 192.0.2.7", "192.0.2.7"),
        # Past the outer proxy, and past both.
        (2, "192.0.2.7", "192.0.2.7"),
        (2, None, PROXY),
        (1, "", PROXY),
        (1, "unknown", PROXY),
        (1, "<script>", PROXY),
        (1, "192.0.2.7:4711", "192.0.2.7"),
        (1, "[2001:db8::7]:4711", "2001:db8::7"),
        (1, "2001:DB8:0::7", "2001:db8::7"),
        (1, "::ffff:192.0.2.7", "192.0.2.7"),
        (1, "fe80::1%eth0", "fe80::1"),
        (1, " 192.0.2.7 ", "192.0.2.7"),
    ],
)
def test_so_many_entries_from_the_right_stands_who_asks(ask, proxies, told, address):
    assert ask(proxies, told) == address


def test_behind_a_unix_socket_nobody_is_known(ask):
    assert ask(0, None, peer="") == ""
    assert ask(1, "192.0.2.7", peer="") == "192.0.2.7"


def test_it_is_what_stands_on_record(rf, settings, django_user_model):
    settings.CRONMGMT = {"TRUSTED_PROXIES": 1}
    request = rf.get("/", headers={"X-Forwarded-For": "1.2.3.4, 192.0.2.7"})
    request.user = django_user_model(username="ada")

    assert asking(request, "api").address == "192.0.2.7"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::8", "2001:db8:1:2::/64"),
        ("", ""),
        ("socket", "socket"),
    ],
)
def test_one_caller_has_a_whole_network_of_ipv6(address, network):
    assert network_of(address) == network
