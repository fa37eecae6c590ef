"""The house is as it is drawn: what may import what, and how long things may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tooling.architecture import (
    HABITS,
    LAYERING,
    company,
    late_imports,
    oversized,
    python_files,
    strangers,
    unexplained,
    wrong_imports,
)

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cronmgmt"
DEMO = ROOT / "project"
BENCHMARKS = ROOT / "benchmarks"


def rule_name(rule):
    return rule.__name__


@pytest.mark.parametrize("rule", [*LAYERING, *HABITS], ids=rule_name)
def test_the_package_keeps_the_rule(rule):
    complaints = complaints_about(PACKAGE, rule)

    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("rule", HABITS, ids=rule_name)
@pytest.mark.parametrize("beside", [DEMO, BENCHMARKS], ids=lambda path: path.name)
def test_what_stands_beside_the_package_keeps_the_habit(beside, rule):
    complaints = complaints_about(beside, rule)

    assert not complaints, "\n".join(complaints)


def complaints_about(root, rule):
    return [
        f"{path.relative_to(ROOT)} {complaint}"
        for path in python_files(root)
        for complaint in rule(path, root)
    ]


LONG_FUNCTION = "def long():\n" + "    pass\n" * 39


@pytest.mark.parametrize(
    ("rule", "place", "code", "complaint"),
    [
        (wrong_imports, "models/job.py", "import cronmgmt.engine.loop", "engine.loop"),
        (wrong_imports, "models/job.py", "from cronmgmt import queries", "queries"),
        (wrong_imports, "models/job.py", "from ..engine import loop", "engine.loop"),
        (wrong_imports, "admin/runs.py", "from cronmgmt.api import v1", "api.v1"),
        (wrong_imports, "alerts/rules.py", "from cronmgmt import telemetry", "telem"),
        (wrong_imports, "handlers.py", "from cronmgmt.checks import x", "checks.x"),
        (wrong_imports, "engine/loop.py", "import cronmgmt", "cronmgmt"),
        (wrong_imports, "helpers.py", "", "has no place"),
        (strangers, "models/job.py", "from django_q.tasks import x", "django_q.tasks"),
        (strangers, "engine/loop.py", "import cronsim", "cronsim"),
        (strangers, "models/job.py", "from django.conf import settings", "conf.py"),
        (company, "schedules/cron.py", "from django.utils import x", "django.utils"),
        (company, "schedules/cron.py", "from cronmgmt.conf import conf", "conf"),
        (oversized, "text.py", "x = 1\n" * 300, "has 300 lines"),
        (oversized, "text.py", LONG_FUNCTION, "long has 40 lines"),
        (
            late_imports,
            "models/job.py",
            "def f():\n    from cronmgmt import text",
            "f imports cronmgmt.text",
        ),
        (unexplained, "text.py", "x = 1", "docstring"),
    ],
)
def test_a_planted_violation_is_found(tmp_path, rule, place, code, complaint):
    path = plant(tmp_path, place, code)

    complaints = rule(path, tmp_path / "cronmgmt")

    assert len(complaints) == 1
    assert complaint in complaints[0]


@pytest.mark.parametrize(
    ("rule", "place", "code"),
    [
        (wrong_imports, "models/job.py", "from cronmgmt.models.base import Model"),
        (wrong_imports, "models/job.py", "from cronmgmt.schedules import Cron"),
        (wrong_imports, "engine/loop.py", "from .cluster import doorbell"),
        (wrong_imports, "apps.py", "from cronmgmt import checks"),
        (wrong_imports, "models/job.py", "import cronmgmtx.engine, django"),
        (strangers, "engine/cluster/node.py", "from django_q.cluster import Sentinel"),
        (strangers, "schedules/cron.py", "from cronsim import CronSim"),
        (strangers, "models/job.py", "import django.db, django_qualms, django.confx"),
        (company, "schedules/cron.py", "from cronmgmt.errors import InvalidSchedule"),
        (oversized, "text.py", "x = 1\n" * 299),
        (oversized, "text.py", LONG_FUNCTION.removesuffix("    pass\n")),
        (late_imports, "apps.py", "def ready(self):\n    from cronmgmt import checks"),
        (
            late_imports,
            "__init__.py",
            "def __getattr__(n):\n    import cronmgmt.models",
        ),
        (late_imports, "models/job.py", "def f():\n    import json"),
        (unexplained, "text.py", '"""Text, cleaned."""\nx = 1'),
        (unexplained, "management/__init__.py", ""),
    ],
)
def test_what_keeps_the_rules_is_left_alone(tmp_path, rule, place, code):
    path = plant(tmp_path, place, code)

    assert rule(path, tmp_path / "cronmgmt") == []


def test_migrations_are_not_looked_at(tmp_path):
    plant(tmp_path, "migrations/0001_initial.py", "import django_q")

    assert python_files(tmp_path / "cronmgmt") == []


def plant(folder, place, code):
    path = folder / "cronmgmt" / place
    path.parent.mkdir(parents=True)
    path.write_text(code)
    return path
