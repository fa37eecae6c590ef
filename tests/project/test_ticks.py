"""The demo site without any node: a platform's cron keeps it going."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from tests.project.site import ROOT, a_site, wait_for

SECRET = "from-the-environment"


@pytest.fixture
def site(tmp_path, django_db_blocker):
    """The demo site with its tables; nothing of it runs yet."""
    with django_db_blocker.unblock(), a_site(tmp_path) as site:
        site.make_tables()
        site.environ["CRON_SECRET"] = SECRET
        yield site


@pytest.fixture
def address(site):
    """The demo's web server, and no node."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    with site.running("runserver", address, "--noreload"):
        yield address


def is_up(address):
    host, _, port = address.partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def tick(address, secret=SECRET):
    """Do what the platform's cron does."""
    return subprocess.run(
        [sys.executable, "-m", "cronmgmt.processor"],
        cwd=ROOT,
        env={**os.environ, "CRON_URL": f"http://{address}", "CRON_SECRET": secret},
        capture_output=True,
        text=True,
        timeout=70,
    )


@pytest.mark.part("1.1", "1.2")
def test_its_work_is_done_by_whoever_has_the_secret(site, address):
    site.manage("cronmgmt", "trigger", "health-check")
    wait_for(lambda: is_up(address))

    refused, done = tick(address, "wrong"), tick(address)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert "answered 403: Forbidden" in refused.stderr
    assert done.returncode == 0, done.stderr
    assert "processed, 0 failed" in done.stdout
    assert site.runs("health-check").filter(status="succeeded").exists()
