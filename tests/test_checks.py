"""What ``manage.py check`` finds, and that it finds nothing in a good site."""

from __future__ import annotations

import copy
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.checks import run_checks
from django.db import connection

SECOND = timedelta(seconds=1)


def found(*, databases=()):
    messages = run_checks(databases=list(databases))
    return {m.id: f"{m.msg} {m.hint or ''}" for m in messages if "cronmgmt" in m.id}


def test_a_good_site_has_nothing_to_mend():
    assert found() == {}


@pytest.mark.parametrize(
    ("given", "identifier", "words"),
    [
        ([1], "cronmgmt.E001", "must be a dict"),
        ({"LEESE": 1}, "cronmgmt.E002", "Did you mean LEASE?"),
        ({"lease": SECOND}, "cronmgmt.E002", "Did you mean LEASE?"),
        ({1: 2}, "cronmgmt.E002", "no setting 1"),
        ({"LEASE": 30}, "cronmgmt.E003", "a timedelta such as"),
        ({"LEASE": -SECOND}, "cronmgmt.E003", "above zero"),
        ({"ENABLED": "no"}, "cronmgmt.E003", "True or False"),
        ({"MAX_LOSSES": True}, "cronmgmt.E003", "a whole number"),
        ({"MAX_LOSSES": -1}, "cronmgmt.E003", "must not be negative"),
        ({"MISFIRE_LIMIT": 0}, "cronmgmt.E003", "from 1 to"),
        ({"CHECK_INTERVAL": SECOND / 20}, "cronmgmt.E003", "from 0:00:00.100000 to"),
        ({"CHECK_INTERVAL": 61 * SECOND}, "cronmgmt.E003", "to 0:01:00"),
        ({"TRUSTED_PROXIES": 11}, "cronmgmt.E003", "from 0 to 10"),
        ({"TRUSTED_PROXIES": -1}, "cronmgmt.E003", "must not be negative"),
        ({"TRUSTED_PROXIES": True}, "cronmgmt.E003", "a whole number"),
        ({"TRUSTED_PROXIES": "10.0.0.1"}, "cronmgmt.E003", "a whole number"),
        ({"WRONG_CREDENTIALS": -1}, "cronmgmt.E003", "must not be negative"),
        ({"LEASE": 2 * SECOND}, "cronmgmt.E011", "before a beat can extend it"),
        ({"BEAT": 2 * SECOND, "LEASE": SECOND}, "cronmgmt.E011", "which is 0:00:02"),
        ({"BEAT": 11 * SECOND}, "cronmgmt.E011", "0:00:30, is over"),
        ({"COMMANDS": "migrate"}, "cronmgmt.E003", "a list of texts"),
        ({"AUDITED": {"3.3.15": "x"}}, "cronmgmt.E016", "which is no box of the audit"),
        ({"AUDITED": {"3.3.5": 1}}, "cronmgmt.E003", "a dict of texts"),
        ({"REDACT": ["("]}, "cronmgmt.E006", "no regular expression"),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_wanted(
    settings, given, identifier, words
):
    settings.CRONMGMT = given

    assert words in found()[identifier]


@pytest.mark.parametrize("heard", ["SECURE_PROXY_SSL_HEADER", "USE_X_FORWARDED_HOST"])
def test_who_hears_a_proxy_says_how_many_there_are(settings, heard):
    setattr(settings, heard, ("HTTP_X_FORWARDED_PROTO", "https"))
    assert heard in found()["cronmgmt.W008"]

    for number in (0, 1):
        settings.CRONMGMT = {"TRUSTED_PROXIES": number}
        assert found() == {}


def test_settings_of_their_types_are_fine(settings):
    settings.CRONMGMT = {
        "LEASE": None,
        "TIMEOUT": SECOND,
        "ENABLED": False,
        "COMMANDS": ["check"],
        "REDACT": [r"\d+"],
    }

    assert found() == {}


@pytest.mark.parametrize(
    "given",
    [
        {"CHECK_INTERVAL": SECOND / 10},
        {"CHECK_INTERVAL": 60 * SECOND},
        {"MISFIRE_LIMIT": 1},
        {"KEEP_LAST": 0},
        {"LEASE": 3 * SECOND},
        {"BEAT": 10 * SECOND},
    ],
)
def test_settings_at_the_edge_of_their_range_are_fine(settings, given):
    settings.CRONMGMT = given

    assert found() == {}


@pytest.mark.parametrize(
    "given", [{"BEAT": 5}, {"LEASE": "long"}, {"CHECK_INTERVAL": 5}]
)
def test_a_setting_of_another_type_is_complained_about_once(settings, given):
    settings.CRONMGMT = given

    assert list(found()) == ["cronmgmt.E003"]


def test_sites_without_time_zones_are_refused(settings):
    settings.USE_TZ = False

    assert "USE_TZ = True" in found()["cronmgmt.E004"]


def test_the_order_of_the_apps_decides_whose_qcluster_runs(settings):
    apps = [app for app in settings.INSTALLED_APPS if app != "cronmgmt"]
    settings.INSTALLED_APPS = [*apps, "cronmgmt"]

    assert "before 'django_q'" in found()["cronmgmt.E005"]


def test_however_the_apps_are_listed(settings):
    apps = [a for a in settings.INSTALLED_APPS if a not in ("cronmgmt", "django_q")]
    configs = ["django_q.apps.DjangoQConfig", "cronmgmt.apps.CronmgmtConfig"]
    settings.INSTALLED_APPS = [*apps, *configs]
    assert "cronmgmt.E005" in found()

    settings.INSTALLED_APPS = [*apps, *configs[::-1]]
    assert found() == {}


@pytest.fixture
def options():
    """The options of the database, to be changed for one test."""
    before = connection.settings_dict["OPTIONS"]
    connection.settings_dict["OPTIONS"] = copy.deepcopy(before)
    yield connection.settings_dict["OPTIONS"]
    connection.settings_dict["OPTIONS"] = before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="it is about SQLite")
@pytest.mark.django_db
class TestSQLite:
    def test_with_its_options_it_is_ready(self):
        assert found(databases=["default"]) == {}

    @pytest.mark.parametrize(
        ("option", "value", "identifier"),
        [
            ("transaction_mode", "DEFERRED", "cronmgmt.W001"),
            ("timeout", 5, "cronmgmt.W002"),
            ("init_command", "", "cronmgmt.W004"),
        ],
    )
    def test_each_option_that_it_needs_is_asked_for(
        self, options, option, value, identifier
    ):
        options[option] = value

        assert list(found(databases=["default"])) == [identifier]

    def test_a_lease_must_outlast_a_writer(self, settings):
        settings.CRONMGMT = {"LEASE": 30 * SECOND}

        assert "LEASE" in found(databases=["default"])["cronmgmt.W003"]


@pytest.mark.django_db
def test_somebody_who_may_change_django_qs_schedules_is_named():
    person = get_user_model().objects.create_user("anna", is_staff=True)
    right = Permission.objects.get(codename="change_schedule")
    assert "cronmgmt.W005" not in found(databases=["default"])

    person.user_permissions.add(right)

    assert "anna may change" in found(databases=["default"])["cronmgmt.W005"]


@pytest.mark.django_db
def test_superusers_are_not_news():
    get_user_model().objects.create_superuser("root")

    assert "cronmgmt.W005" not in found(databases=["default"])


def test_tasks_want_their_framework(monkeypatch):
    assert "cronmgmt.E030" not in found()
    monkeypatch.setattr("cronmgmt.checks.settings.has_tasks", lambda: False)

    assert "django-cronmgmt[tasks]" in found()["cronmgmt.E030"]
