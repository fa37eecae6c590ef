"""Policies that are refused when they are written, not when they are needed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from cronmgmt.errors import InvalidJob
from cronmgmt.models import ScheduledJob
from cronmgmt.policies import known_policies

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)

WRONG = [
    ({"retry_on": "ConnectionError"}, "retry_on"),
    ({"retry_on": [42]}, "retry_on"),
    ({"retry_on": ["not a name"]}, "retry_on"),
    ({"retry_on": ["os.", "x"]}, "retry_on"),
    ({"retry_on": ["a" * 201]}, "retry_on"),
    ({"retry_on": ["A"] * 51}, "retry_on"),
    ({"retry_on": {"ConnectionError": 1}}, "retry_on"),
    ({"backoff_ceiling": timedelta()}, "backoff_ceiling"),
    ({"backoff": 2 * MINUTE, "backoff_ceiling": MINUTE}, "backoff_ceiling"),
    ({"misfire": "all"}, "misfire"),
    ({"misfire": "most"}, "misfire"),
]


@pytest.mark.parametrize(("policies", "field"), WRONG)
def test_what_makes_no_sense_is_refused(make_job, policies, field):
    with pytest.raises(ValidationError) as caught:
        make_job(**policies)

    assert field in caught.value.message_dict


RIGHT = [
    {"retry_on": []},
    {"retry_on": ["ConnectionError", "requests.exceptions.Timeout", "Ärger"]},
    {"backoff": MINUTE, "backoff_ceiling": MINUTE},
    {"backoff_ceiling": MINUTE},
    {"misfire": "all", "overlap": "allow"},
]


@pytest.mark.parametrize("policies", RIGHT)
def test_what_makes_sense_is_read_back_as_it_was_written(make_job, policies):
    make_job(**policies)

    job = ScheduledJob.objects.get()
    assert {name: getattr(job, name) for name in policies} == policies


def test_exceptions_may_be_given_as_classes():
    known = known_policies("job", {"retry_on": (OSError, ValidationError, "Timeout")})

    assert known["retry_on"] == [
        "OSError",
        "django.core.exceptions.ValidationError",
        "Timeout",
    ]


def test_a_policy_that_does_not_exist_is_still_named():
    with pytest.raises(InvalidJob, match="did you mean retry_on"):
        known_policies("job", {"retry_one": []})
