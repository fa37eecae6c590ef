"""What may be a secret of the tick; that it is asked for is in test_views."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks

from cronmgmt.processor.secrets import unusable


@pytest.mark.parametrize(
    ("secret", "problem"),
    [
        ("a8f5f167f44f4964e6c998dee827110c", ""),
        ("with a space inside", ""),
        ("", ""),
        (" secret", "white space"),
        ("secret\n", "white space"),
        ("\tsecret", "white space"),
        ("sécret", "no header carries"),
        ("sec\nret", "no header carries"),
        ("x" * 1001, "longer than 1000"),
    ],
)
def test_a_secret_that_no_header_can_carry_is_told(secret, problem):
    assert problem in unusable(secret)
    assert bool(problem) == bool(unusable(secret))


@pytest.mark.parametrize("name", ["CRON_SECRET", "CRON_SECRET_BEFORE"])
def test_a_check_says_so_and_keeps_the_secret_to_itself(settings, name):
    settings.CRONMGMT = {name: "hidden-from-all "}

    said = [str(message) for message in run_checks() if message.id == "cronmgmt.E012"]

    assert len(said) == 1
    assert name in said[0]
    assert "hidden" not in said[0]
