"""The pages that part ``pages`` asks for, and what is aimed at for each."""

from __future__ import annotations

import pytest
from django.test import Client

from benchmarks.aims import AIMS
from benchmarks.pages import MANY, PAGES, sql_time, statements

MOMENTS = {"since": "2026-01-01T00:00", "until": "2026-01-02T00:00"}


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
@pytest.mark.django_db
def test_a_page_is_there(admin_client: Client, make_job, path):
    make_job("job-0")

    assert admin_client.get(path.format(**MOMENTS)).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_aims(page):
    about = {aim.row.measure: aim.bound for aim in AIMS if aim.row.part == "pages"}

    assert about[sql_time(page, MANY)] == 1.5
    assert about[statements(page, MANY)] == 12
