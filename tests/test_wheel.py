"""What a stranger gets: the wheel, and the README followed to the letter."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests.tooling.readme import section, steps

ROOT = Path(__file__).resolve().parent.parent
LONG_RUNNING = "python manage.py qcluster"
DEADLINE = 90  # seconds: a job of every minute may have just been missed

# What the tests' own environment says is not for the stranger to know.
OURS = ("CRONMGMT_", "COV", "DJANGO_", "PYTEST_", "PYTHON", "VIRTUAL_ENV")

pytestmark = [pytest.mark.wheel, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Copy the sources: what an earlier build left beside them must not get in."""
    tree = tmp_path_factory.mktemp("tree")
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "cronmgmt", tree / "cronmgmt", ignore=ignore)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, tree)
    return tree


@pytest.fixture(scope="module")
def wheel(tree):
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", str(tree)]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    return next((tree / "dist").glob("*.whl"))


def test_the_wheel_holds_the_package_and_nothing_else(tree, wheel):
    names = zipfile.ZipFile(wheel).namelist()

    packed = {name for name in names if ".dist-info/" not in name}
    assert packed == files_of_the_package(tree)
    assert "cronmgmt/py.typed" in packed


def test_the_wheel_carries_its_licence(wheel):
    names = zipfile.ZipFile(wheel).namelist()

    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)


def test_a_stranger_who_follows_the_readme_sees_a_job_run(wheel, tmp_path):
    todo = readme_steps()
    stranger = Stranger(tmp_path, wheel)
    stranger.start_project()

    for step in todo:
        stranger.follow(step)
    with stranger.cluster():
        job = stranger.wait_for_a_run()

    assert "CRON_SECRET_FILE" in stranger.type("cronmgmt-processor --help")
    assert job["lastStatus"] == "succeeded"
    assert job["error"] is None


def files_of_the_package(tree):
    files = (path for path in (tree / "cronmgmt").rglob("*") if path.is_file())
    return {path.relative_to(tree).as_posix() for path in files}


def readme_steps():
    readme = ROOT / "README.md"
    text = readme.read_text() if readme.exists() else ""
    todo = steps(section(text, "Add it to your project"))
    if not todo:
        pytest.skip('README.md has no steps under "Add it to your project" yet')
    assert todo[-1].lines[-1] == LONG_RUNNING
    return todo


class Stranger:
    """Somebody with an environment and a Django project of their own."""

    def __init__(self, home, wheel):
        self.home = home
        self.wheel = wheel
        self.site = home / "site"
        self.environ = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(OURS)
        }
        self.environ["PATH"] = f"{home}/venv/bin:{os.environ['PATH']}"

    def start_project(self):
        self.site.mkdir()
        subprocess.run([sys.executable, "-m", "venv", self.home / "venv"], check=True)
        self.type(
            f"pip install -qq -c {ROOT}/requirements/constraints.txt {self.wheel}"
        )
        self.type("django-admin startproject mysite .")

    def type(self, line):
        """Run a line in the project's folder and return what it printed."""
        done = subprocess.run(
            line,
            shell=True,
            cwd=self.site,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def follow(self, step):
        if step.file:
            with (self.site / step.file).open("a") as file:
                file.write(f"\n{step.text}")
            return
        for line in step.lines:
            if line.startswith("pip install"):
                continue  # The wheel is already there, by the same name.
            if line != LONG_RUNNING:
                self.type(line)

    def cluster(self):
        return Cluster(self.site, self.environ, self.home / "cluster.log")

    def wait_for_a_run(self):
        """Return the first job that has run, as `cronmgmt list` tells it."""
        deadline = time.monotonic() + DEADLINE
        while time.monotonic() < deadline:
            listed = json.loads(self.type("python manage.py cronmgmt list --json"))
            for job in listed["jobs"] if isinstance(listed, dict) else listed:
                if job["lastRun"] and job["lastStatus"]:
                    return job
            time.sleep(1)
        pytest.fail(f"No job ran in {DEADLINE} s. The last answer: {listed}")


class Cluster:
    """`manage.py qcluster` for as long as the block lasts; ended as systemd would."""

    def __init__(self, site, environ, log):
        self.site, self.environ, self.log = site, environ, log

    def __enter__(self):
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                LONG_RUNNING.split(),
                cwd=self.site,
                env=self.environ,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __exit__(self, *error):
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            status = "killed"
        sys.stdout.write(self.log.read_text())
        assert status == 0 or error[0], f"qcluster ended with {status}"
