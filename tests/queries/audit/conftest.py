"""What the tests of the audit ask for."""

from __future__ import annotations

import pytest

from cronmgmt import registry
from cronmgmt.queries.audit import audit


@pytest.fixture
def told():
    """Return what is said of a box of the only job, or of the site."""

    def told(box, *names):
        found = audit(names)
        answers = found.jobs[0].answers if found.jobs else found.site.answers
        (answer,) = [each.answer for each in answers if each.box.id == box]
        return answer

    return told


@pytest.fixture
def a_handler():
    """Register a function as ``t:audited``."""

    def add(function):
        return registry.add_handler("t:audited", function).name

    yield add
    registry.forget("t:audited")
