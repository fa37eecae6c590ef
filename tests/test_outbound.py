"""Requests go only where the site allows, and end in time."""

from __future__ import annotations

import socket
import time

import pytest
from django.test import override_settings

from cronmgmt.outbound import HostRefused, checked_url, fetch, is_listed, is_public
from tests.web_server import drips, says, serving

LOOPBACK = {"HTTP_HOSTS": ["127.0.0.1"], "HTTP_PRIVATE_HOSTS": ["127.0.0.1"]}


@pytest.fixture
def loopback():
    with override_settings(CRONMGMT=LOOPBACK):
        yield


def test_an_answer_has_status_headers_and_body(loopback):
    with serving({"/": says(201, "made", ETag="x")}) as server:
        answer = fetch(f"{server.url}/?a=1", method="POST", body="data")

    assert (answer.status, answer.body, answer.headers["etag"]) == (201, "made", "x")
    assert server.seen[0][:2] == ("POST", "/?a=1")
    assert server.seen[0][3] == "data"


def test_a_host_that_is_not_listed_is_refused_with_what_to_do():
    with pytest.raises(HostRefused, match=r"CRONMGMT\['HTTP_HOSTS'\]"):
        checked_url("https://example.com/")


@override_settings(CRONMGMT={"HTTP_HOSTS": ["localhost", "127.0.0.1"]})
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_listed_host_with_a_private_address_is_refused_still(host):
    with pytest.raises(HostRefused, match="not a public address"):
        fetch(f"http://{host}:9/", timeout=2)


@override_settings(CRONMGMT={"HTTP_HOSTS": ["api.example"]})
def test_a_public_name_whose_lookup_answers_with_a_private_address_is_refused(
    monkeypatch,
):
    answers = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.5", 80)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: answers)

    with pytest.raises(HostRefused, match="10.0.0.5"):
        fetch("http://api.example/")


def test_a_redirect_on_the_same_host_is_followed(loopback):
    with serving({"/a": says(302, Location="/b"), "/b": says(200, "b")}) as server:
        assert fetch(f"{server.url}/a").body == "b"


def test_a_redirect_to_elsewhere_is_refused(loopback):
    elsewhere = says(302, Location="http://127.0.0.1:1/secrets")
    with (
        serving({"/": elsewhere}) as server,
        pytest.raises(HostRefused, match="redirects to"),
    ):
        fetch(f"{server.url}/")


def test_redirects_in_a_circle_end(loopback):
    with (
        serving({"/": says(302, Location="/")}) as server,
        pytest.raises(HostRefused, match="more than 5 times"),
    ):
        fetch(f"{server.url}/")


def test_a_server_that_drips_runs_into_the_time_limit(loopback):
    started = time.monotonic()
    with serving({"/": drips}) as server, pytest.raises(TimeoutError):
        fetch(f"{server.url}/", timeout=0.5)

    assert time.monotonic() - started < 5


def test_a_huge_body_is_cut(loopback):
    with serving({"/": says(200, "x" * 200_000)}) as server:
        assert len(fetch(f"{server.url}/").body) == 65_536


@pytest.mark.parametrize(
    "url",
    ["ftp://h/", "file:///etc/passwd", "h", "http://", "http://h:port/", ""],
)
@override_settings(CRONMGMT={"HTTP_HOSTS": ["h"]})
def test_what_is_no_url_is_refused(url):
    with pytest.raises(ValueError):
        checked_url(url)


@override_settings(CRONMGMT={"HTTP_HOSTS": ["h"]})
def test_a_password_in_the_url_is_refused_without_repeating_it():
    with pytest.raises(ValueError, match="out of the URL") as refusal:
        checked_url("http://u:hunter2@h/")

    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("host", "listed"),
    [
        ("example.com", True),
        ("EXAMPLE.com.", True),
        ("a.example.org", True),
        ("example.org", False),
        ("badexample.com", False),
        ("notexample.org", False),
    ],
)
def test_a_list_names_hosts_and_whole_domains(host, listed):
    assert is_listed(host, ["example.com", ".example.org"]) is listed


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("10.1.2.3", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::ffff:10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("2002:7f00:1::", False),
    ],
)
def test_only_addresses_of_the_public_internet_are_public(address, public):
    assert is_public(address) is public
