"""The proxy does what it is told, at both ends."""

from __future__ import annotations

import socket

import pytest

from tests.chaos.proxy import LOCAL, Proxy

PATIENCE = 10.0


@pytest.fixture
def ends():
    """A proxy, a client, and the server's end of its connection."""
    with socket.create_server((LOCAL, 0)) as listener:
        listener.settimeout(PATIENCE)
        proxy = Proxy(listener.getsockname()[1])
        with socket.create_connection((LOCAL, proxy.port), PATIENCE) as client:
            server, _ = listener.accept()
            server.settimeout(PATIENCE)
            client.sendall(b"hello")
            assert server.recv(5) == b"hello"
            with server:
                yield proxy, client, server
        proxy.close()


def test_who_waits_for_an_answer_learns_that_he_was_cut_off(ends):
    proxy, client, server = ends

    proxy.cut()

    for end in (client, server):
        with pytest.raises(ConnectionResetError):
            end.recv(1)


def test_an_answer_is_lost_and_the_connection_with_it(ends):
    proxy, client, server = ends

    proxy.lose_answers()
    server.sendall(b"committed")

    with pytest.raises(ConnectionResetError):
        client.recv(1)


def test_what_stalls_arrives_later(ends):
    proxy, client, server = ends
    proxy.stall(yes=True)
    server.sendall(b"late")
    client.settimeout(0.1)
    with pytest.raises(TimeoutError):
        client.recv(4)

    proxy.stall(yes=False)

    client.settimeout(PATIENCE)
    assert client.recv(4) == b"late"
