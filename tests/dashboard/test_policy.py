"""The Content-Security-Policy of the pages."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from cronmgmt.dashboard.policy import HEADER, secured


def test_every_answer_allows_only_own_files(alice, charlie, make_job):
    make_job()
    for client, path in [
        (alice, "/cron/"),
        (alice, "/cron/jobs/members"),
        (alice, "/cron/jobs/nobody"),
        (charlie, "/cron/"),
        (alice, "/cron/status"),
    ]:
        policy = client.get(path)[HEADER]

        assert policy.startswith("default-src 'self';")
        assert "unsafe" not in policy


def test_what_a_site_has_set_stays(settings):
    response = HttpResponse(headers={HEADER: "default-src 'none'"})

    assert secured(response)[HEADER] == "default-src 'none'"


@pytest.mark.parametrize(
    ("setting", "sent"), [("img-src *", "img-src *"), ("", None), (None, "default-src")]
)
def test_a_setting_replaces_it_or_leaves_it_out(settings, setting, sent):
    settings.CRONMGMT = {"CONTENT_SECURITY_POLICY": setting}

    policy = secured(HttpResponse()).headers.get(HEADER)

    assert policy is None if sent is None else policy.startswith(sent)


def test_static_files_may_come_from_another_host(settings):
    settings.STATIC_URL = "https://cdn.example.com/static/"

    policy = secured(HttpResponse())[HEADER]

    for kind in ("style-src", "script-src", "img-src"):
        assert f"{kind} 'self' https://cdn.example.com;" in policy
