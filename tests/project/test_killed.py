"""Syncs whose workers are killed three times, by a cluster as it runs in production."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from random import Random

import pytest

from project.models import Member, Push
from project.organisation import create_facilities, create_positions, create_regions
from project.people import create_members
from project.sync.checksum import source_checksum, target_checksum
from tests.project.aliases import PAIRS
from tests.project.api import TOKEN, an_api, cut, dawdle, refuse, take_and_cut
from tests.project.killed import chosen_seed, survives
from tests.project.site import a_site

COUNT = 10_000
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
GONE = range(40, COUNT, 40)
OUTDATED = range(20, COUNT, 40)

FILL = {
    "members": partial(create_members, COUNT),
    "positions": partial(create_positions, COUNT),
    "facilities": partial(create_facilities, COUNT),
}
JOBS = {"facilities": "facilities-regions"}
DEMO, PRODUCTION = PAIRS

CONTACTS = 120
PER_SECOND = 50
FAULTS = [refuse(500), refuse(429, **{"Retry-After": "1"}), cut, take_and_cut, dawdle]

pytestmark = [pytest.mark.chaos, pytest.mark.slow, pytest.mark.part("0.1")]


@pytest.fixture
def random():
    return Random(chosen_seed())


@pytest.fixture(scope="module")
def api():
    with an_api(per_second=PER_SECOND) as api:
        yield api


@pytest.fixture(scope="class")
def site(request, api, tmp_path_factory, django_db_blocker):
    """A site that runs, on the databases of the class."""
    source, target = request.cls.databases
    folder = tmp_path_factory.mktemp("killed")
    with (
        django_db_blocker.unblock(),
        a_site(folder, source=source, target=target) as site,
    ):
        site.environ |= {"INTERCOM_URL": api.url, "INTERCOM_TOKEN": TOKEN}
        site.make_tables()
        site.manage("cronmgmt", "disable", "demo:members-change")
        create_regions(alias="site_source")
        with site.running("qcluster"):
            yield site


def pytest_generate_tests(metafunc):
    if "table" in metafunc.fixturenames:
        metafunc.parametrize("table", metafunc.cls.tables)


class Stories:
    def test_a_copy_survives_three_kills(self, site, table, random):
        copy, job = site.copies[table], JOBS.get(table, table)
        prepare(copy, FILL[table])
        points = sorted(random.sample(range(1_000, 7_500), 3))

        survives(site, job, done=lambda: copied(copy), points=points)

        assert copy.source_rows().count() == COUNT - len(GONE)
        assert target_checksum(copy) == source_checksum(copy)
        assert vanished(copy) == list(GONE)
        again = site.run_job(job)
        assert again.get(table, again)["written"] == 0


class TestInTheDemo(Stories):
    databases = DEMO
    tables = ["members"]


class TestInProduction(Stories):
    databases = PRODUCTION
    tables = ["positions", "facilities"]

    @pytest.mark.part("4.4")
    def test_the_contacts_api_hears_of_each_change_once(self, site, api, random):
        fill_members(site.copy)
        numbers = random.sample(range(2, CONTACTS), 2 * len(FAULTS))
        api.begin(zip(numbers, 2 * FAULTS, strict=True))
        points = sorted(random.sample(range(5, CONTACTS - 25), 3))

        survives(site, "intercom", done=lambda: api.counts["effects"], points=points)

        again = site.run_job("intercom")
        assert again == {"read": CONTACTS, "pushed": 0, "unchanged": CONTACTS}
        assert len(api.stand_in.contacts) == api.counts["effects"] == CONTACTS
        assert api.counts["duplicates"] == api.counts["breaches"] == 0
        assert api.most_in_a_second() <= PER_SECOND
        assert not Push.objects.using("site_target").filter(pushed_at=None).exists()


def prepare(copy, fill):
    """Leave a copy that lacks most rows, and has some that changed or are gone."""
    copy.source_rows().delete()
    copy.target_rows().delete()
    fill(alias=copy.source)
    kept = copy.source_rows().filter(pk__in=[*GONE, *OUTDATED])
    copy.target_rows().bulk_create(outdated(copy, row) for row in kept)
    copy.source_rows().filter(pk__in=GONE).delete()


def outdated(copy, row):
    values = {column: getattr(row, column) for column in copy.columns}
    return copy.target_model(**values, digest="outdated", written_at=LONG_AGO)


def copied(copy):
    """Return how many rows this sync has written so far."""
    return copy.target_rows().filter(written_at__gt=LONG_AGO).count()


def vanished(copy):
    rows = copy.target_rows().exclude(vanished_at=None)
    return list(rows.values_list("pk", flat=True))


def fill_members(copy):
    """Leave in the copy as many members as are to be pushed."""
    copy.target_rows().delete()
    copy.source_rows().delete()
    create_members(CONTACTS, alias=copy.source)
    copy.target_rows().bulk_create(outdated(copy, row) for row in copy.source_rows())
    copy.target_rows().update(status=Member.Status.ACTIVE)
