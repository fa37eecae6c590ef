"""What the docs say exists, and what exists is in the docs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cronmgmt import __all__ as public_names
from cronmgmt.conf import DEFAULTS
from cronmgmt.management.verbs import VERBS
from cronmgmt.models import Status
from cronmgmt.policies import POLICIES
from cronmgmt.queries.audit import BOXES, GRADES

ROOT = Path(__file__).resolve().parent.parent
DOCS = {path.name: path.read_text() for path in (ROOT / "docs").glob("*.md")}
DOCS["README.md"] = (ROOT / "README.md").read_text()
EVERYTHING = "\n".join(DOCS.values())


@pytest.mark.parametrize("name", sorted(DEFAULTS))
def test_every_setting_is_documented(name):
    assert f"| `{name}` |" in DOCS["settings.md"]


def test_no_setting_is_documented_that_does_not_exist():
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", DOCS["settings.md"], re.M))

    assert documented == set(DEFAULTS)


@pytest.mark.parametrize("status", Status.values)
def test_every_state_is_documented(status):
    assert f"| {status} |" in DOCS["how-it-works.md"]


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_every_policy_is_documented(policy):
    assert f"`{policy}`" in DOCS["writing-jobs.md"]


@pytest.mark.parametrize("name", public_names)
def test_every_public_name_is_documented(name):
    assert re.search(rf"\b{name}\b", EVERYTHING)


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_is_documented(verb):
    assert f"cronmgmt {verb}" in EVERYTHING


def test_every_check_is_documented():
    files = (ROOT / "cronmgmt" / "checks").glob("*.py")
    checks = "\n".join(path.read_text() for path in files)

    for identifier in re.findall(r'id="(cronmgmt\.\w+)"', checks):
        assert f"| `{identifier}` |" in DOCS["settings.md"]


def test_the_audits_boxes_and_grades_are_documented():
    row = r"^\| (3\.\d\.\d+) \| (.+?) \| (\w+) \| (\d) \| .+ \|$"
    rows = re.findall(row, DOCS["audit.md"], re.M)
    grades = re.findall(r"^\| ([A-F]) \| (\d+) % \|", DOCS["audit.md"], re.M)

    boxes = [(box.id, str(box.title), box.who, str(box.weight)) for box in BOXES]
    assert rows == boxes
    assert grades == [(letter, str(least)) for letter, least in GRADES]


@pytest.mark.parametrize("page", sorted(DOCS))
def test_no_page_keeps_both_sides_of_a_merge(page):
    assert not re.search(r"^(<{7}|>{7}) ", DOCS[page], re.M)
