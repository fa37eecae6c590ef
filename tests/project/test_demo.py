"""``manage.py demo``: one command, and there is a site with jobs that run."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import socket
import urllib.error
import urllib.parse
import urllib.request

import pytest

from cronmgmt.models import ScheduledJob
from project.sync.checksum import target_checksum
from tests.project.site import a_site, wait_for

SOON = 20  # seconds, from the address being printed to a job having run


@pytest.fixture
def site(tmp_path, django_db_blocker):
    """A machine on which nobody has started the demo yet."""
    with django_db_blocker.unblock(), a_site(tmp_path) as site:
        yield site


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Browser:
    """A person with a browser that keeps cookies."""

    def __init__(self, port):
        self.address = f"http://127.0.0.1:{port}"
        jar = http.cookiejar.CookieJar()
        cookies = urllib.request.HTTPCookieProcessor(jar)
        self.opener = urllib.request.build_opener(cookies)

    def get(self, path):
        return self.open(self.address + path)

    def open(self, request):
        try:
            page = self.opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            page = error  # A refusal is a page too.
        with page:
            return page.read().decode()

    def log_in(self, name):
        form = self.get("/accounts/login/?next=/cron/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
        fields = {"username": name, "password": "demo", "next": "/cron/"}
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token})
        request = urllib.request.Request(
            f"{self.address}/accounts/login/",
            data.encode(),
            headers={"Referer": self.address},
        )
        return self.open(request)

    def job(self, name):
        jobs = json.loads(self.get("/cron/status"))["jobs"]
        return next(job for job in jobs if job["name"] == name)


def demo(site, port, *options):
    return site.running("demo", "--port", str(port), *options)


def wait_for_the_address(site, port):
    log = site.folder / "demo.log"
    wait_for(lambda: f"http://127.0.0.1:{port}/" in log.read_text())


def test_one_command_and_jobs_run_and_a_second_start_keeps_everything(site, port):
    with demo(site, port) as process:
        wait_for_the_address(site, port)
        viewer = Browser(port)
        page = viewer.log_in("viewer")
        wait_for(lambda: viewer.job("health-check")["lastSuccess"], SOON)
        wait_for(lambda: viewer.job("members")["lastSuccess"])
        refusal = Browser(port).log_in("outsider")

    assert "Members sync" in page and "Sign out" in page
    assert "Members sync" not in refusal and "Sign out" in refusal
    assert process.returncode == 0
    assert site.processes() == []
    assert site.copy.target_rows().count() >= 20_000

    jobs = ScheduledJob.objects.using("site_default").filter(name="members")
    jobs.update(schedule_expression="0 5 * * *")
    copied = target_checksum(site.copy)
    (site.folder / "demo.log").write_text("")

    with demo(site, port):
        wait_for_the_address(site, port)
        page = Browser(port).log_in("manager")

    assert jobs.get().schedule_expression == "0 5 * * *"
    assert target_checksum(site.copy) == copied
    assert "Members sync" in page


def test_it_ends_when_one_of_its_processes_does(site, port):
    with demo(site, port, "--no-cluster") as process:
        wait_for_the_address(site, port)
        web = next(pid for pid in site.processes() if site.is_running(pid, "runserver"))
        os.kill(web, signal.SIGKILL)
        process.wait(60)

    assert process.returncode == 1
    assert "The web server ended (SIGKILL)" in (site.folder / "demo.log").read_text()
    assert site.processes() == []


def test_it_says_that_the_port_is_taken_before_it_does_anything(site):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused = site.manage("demo", "--port", port, check=False)

    assert refused.returncode == 1
    assert f"Port {port} is taken" in refused.stderr
    assert site.manage("showmigrations", "auth").stdout.count("[X]") == 0


def test_it_makes_no_logins_unless_debug_is_on(site):
    refused = site.manage("demo", check=False, DEBUG="false")

    assert refused.returncode == 1
    assert "only with DEBUG=true" in refused.stderr
