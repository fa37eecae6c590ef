"""By which rules a job runs, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import override_settings

from cronmgmt import queries

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def said(job):
    return {each.key: each.sentence for each in queries.policies(job)}


def test_a_job_that_sets_nothing_says_what_counts(make_job):
    assert said(make_job()) == {
        "overlap": "While a run is unfinished, another is skipped.",
        "misfire": "Afterwards the latest of the times that were missed runs.",
        "timeout": "There is no time limit.",
        "queue": "Queue default, priority normal.",
        "max_attempts": "It is not tried again.",
        "on_lost": "It is run again, up to 3 times.",
        "retention": (
            "Runs are kept for 90 d, those that failed for 365 d; the latest 10 "
            "always. At most 100000 of each are kept."
        ),
    }


@pytest.mark.parametrize(
    ("fields", "key", "sentence"),
    [
        ({"overlap": "allow", "concurrency": 3}, "overlap", "At most 3 at a time."),
        ({"lock_key": "db", "concurrency": 2}, "overlap", "lock db, which 2 at a time"),
        ({"misfire": "all", "overlap": "wait"}, "misfire", "up to 100."),
        ({"grace": HOUR / 2}, "misfire", "more than 30 min late"),
        ({"timeout": 1.5 * HOUR}, "timeout", "It is ended after 1 h 30 min."),
        ({"memory_limit": 512}, "memory_limit", "more than 512 MB"),
        ({"start_deadline": HOUR}, "start_deadline", "not started 1 h after"),
        ({"jitter": HOUR / 60}, "jitter", "up to 1 min later"),
        ({"priority": 7}, "queue", "priority 7"),
        ({"max_attempts": 2}, "max_attempts", "It is tried once more, after 10 s."),
        ({"max_attempts": 4}, "max_attempts", "up to 3 times more, first after 10 s"),
        ({"max_attempts": 2, "retry_on": ["OSError"]}, "max_attempts", "Only after OS"),
        ({"on_lost": "fail"}, "on_lost", "The run ends as lost."),
        ({"retention": 24 * HOUR}, "retention", "kept for 1 d, those"),
        ({"failure_retention": 900 * 24 * HOUR}, "retention", "failed for 900 d"),
        ({"keep_last": 3}, "retention", "the latest 3 always"),
        ({"mail_requester": True}, "mail_to", "Whoever triggers a run is told"),
        ({"mail_to": ["a@example.org"]}, "mail_to", "One address is told"),
        ({"mail_to": ["a@b.org", "c@d.org"]}, "mail_to", "2 addresses are told"),
    ],
)
def test_what_a_job_sets_is_said(make_job, fields, key, sentence):
    assert sentence in said(make_job(**fields))[key]


def test_what_the_site_sets_is_said_too(make_job):
    with override_settings(CRONMGMT={"TIMEOUT": HOUR}):
        sentence = said(make_job())["timeout"]

    assert sentence == "It is ended after 1 h. So the site has set it."
