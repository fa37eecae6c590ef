"""The recipes of the docs, tried as far as they can be without the platforms."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

RECIPES = Path(__file__).resolve().parents[2] / "docs" / "recipes"
PYTHON = "/srv/site/.venv/bin/python"
KNOWN = [
    "python manage.py qcluster",
    "python manage.py cronmgmt process",
    "python manage.py cronmgmt status --alive",
    "cronmgmt-processor",
]


def read(name):
    return list(yaml.safe_load_all((RECIPES / name).read_text()))


def container(manifest):
    spec = manifest["spec"]
    spec = spec.get("jobTemplate", {}).get("spec", spec)
    return spec["template"]["spec"]["containers"][0]


@pytest.mark.parametrize("unit", ["cronmgmt.service", "cronmgmt-tick.timer"])
def test_systemd_finds_nothing_wrong(unit, tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze")
    for path in [*RECIPES.glob("*.service"), *RECIPES.glob("*.timer")]:
        text = path.read_text().replace(PYTHON, sys.executable)
        (tmp_path / path.name).write_text(text)
    command = ["systemd-analyze", "verify", str(tmp_path / unit)]

    done = subprocess.run(command, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")


def test_every_recipe_is_named_in_the_docs():
    page = (RECIPES.parent / "running.md").read_text()

    assert [each.name for each in RECIPES.iterdir() if each.name not in page] == []


def commands():
    """Return every command that a recipe runs, as one text."""
    for path in RECIPES.glob("*.service"):
        line = path.read_text().partition("ExecStart=")[2].splitlines()[0]
        yield path.name, line.replace(PYTHON, "python")
    jobs = read("compose.yaml")[0]["services"]["jobs"]
    yield "compose.yaml", jobs["command"]
    yield "compose.yaml", shlex.join(jobs["healthcheck"]["test"][1:])
    for name in ("kubernetes.yaml", "kubernetes-cronjob.yaml"):
        yield name, shlex.join(container(read(name)[0])["command"])
    probe = container(read("kubernetes.yaml")[0])["livenessProbe"]
    yield "kubernetes.yaml", shlex.join(probe["exec"]["command"])
    yield "render.yaml", read("render.yaml")[0]["services"][1]["startCommand"]
    steps = read("github-actions.yaml")[0]["jobs"]["tick"]["steps"]
    yield "github-actions.yaml", steps[-1]["run"]
    target = read("eventbridge.yaml")[0]["Resources"]["Tick"]["Properties"]["Target"]
    told = json.loads(target["Input"]["Fn::Sub"])
    yield "eventbridge.yaml", shlex.join(told["containerOverrides"][0]["command"])


@pytest.mark.parametrize(("recipe", "command"), list(commands()))
def test_a_recipe_runs_a_command_that_there_is(recipe, command):
    assert command in KNOWN


@pytest.mark.parametrize("recipe", ["kubernetes-cronjob.yaml", "render.yaml"])
def test_a_tick_comes_every_minute(recipe):
    document = read(recipe)[0]
    tick = document["spec"] if "spec" in document else document["services"][1]

    assert tick["schedule"] == "* * * * *"


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (read("compose.yaml")[0]["services"]["jobs"]["stop_grace_period"], "40s"),
        (
            read("kubernetes.yaml")[0]["spec"]["template"]["spec"][
                "terminationGracePeriodSeconds"
            ],
            40,
        ),
    ],
)
def test_a_node_has_the_time_to_end_in_order(given, seconds):
    assert given == seconds
