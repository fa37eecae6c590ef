"""All that is looked at: each finding appears with its cause, and goes with it."""

from __future__ import annotations

import socket
import threading
from datetime import timedelta

import pytest
from django.core.checks.registry import registry as registered
from django.db import OperationalError, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from cronmgmt import clock, doctor, registry
from cronmgmt.actors import Actor
from cronmgmt.clock import DatabaseClock
from cronmgmt.doctor import Level, machinery, messages, storage
from cronmgmt.doctor import settings as settings_
from cronmgmt.engine import actions
from cronmgmt.engine.cluster import doorbell
from cronmgmt.models import Node, Pause, ScheduledJob, Status, database

pytestmark = pytest.mark.django_db

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def test_a_site_on_which_all_is_well(well, examined, make_job):
    make_job()

    assert examined() == {}
    found = {each.check: each.seen for each in doctor.examine()}
    assert set(found) == {
        *("database", "settings", "nodes", "queues", "jobs", "broker"),
    }
    assert "2026-06-01 15:00:00" in found["jobs"]  # In Amsterdam.


@pytest.mark.parametrize(
    ("columns", "check", "level"),
    [
        ({"set_aside_reason": "minute 61"}, "jobs-set-aside", Level.ERROR),
        ({"next_run_at": "-1h"}, "jobs-overdue", Level.ERROR),
        ({"next_run_at": None}, "jobs-next-run", Level.ERROR),
        ({"next_run_at": None, "timezone": "Mars"}, "jobs-next-run", Level.ERROR),
        ({"handler": "t:gone"}, "jobs-handlers", Level.ERROR),
        ({"handler": "t:limited", "params": {"l": 1}}, "jobs-parameters", Level.ERROR),
        ({"enabled": False, "off_since": "-15d"}, "jobs-off", Level.WARNING),
        ({"last_missed_at": "-1h"}, "jobs-missed", Level.WARNING),
        ({"mail_to": ["anna@example.org"]}, "mail", Level.WARNING),
    ],
)
def test_what_is_wrong_with_a_job(well, examined, make_job, now, columns, check, level):
    ago = {"-1h": now - timedelta(hours=1), "-15d": now - 15 * DAY}
    job = make_job("report")
    changes = {
        k: ago.get(v, v) if isinstance(v, str) else v for k, v in columns.items()
    }
    ScheduledJob.objects.filter(pk=job.pk).update(**changes)

    found = examined()

    assert list(found) == [check]
    assert (found[check].level, "report" in found[check].seen) == (level, True)
    assert found[check].todo
    ScheduledJob.objects.update(retired_at=now)
    assert examined() == {}


@pytest.mark.parametrize(
    "columns",
    [
        {"next_run_at": None, "schedule_kind": "manual"},
        {"next_run_at": None, "enabled": False},
        {"handler": "t:gone", "enabled": False},
        {"next_run_at": None, "ends_at": "now"},
    ],
)
def test_what_a_job_may_be_without_harm(well, examined, make_job, now, columns):
    job = make_job()
    changes = {key: now if value == "now" else value for key, value in columns.items()}
    ScheduledJob.objects.filter(pk=job.pk).update(**changes)

    assert examined() == {}


def test_runs_that_are_stuck_and_a_queue_that_nobody_works(
    well, examined, make_job, make_run, now
):
    run = make_run(make_job(), queue="slow", available_at=now - 6 * MINUTE)

    found = examined()

    assert list(found) == ["queues", "jobs-stuck"]
    assert found["queues"].level == Level.ERROR
    assert "work --queue slow" in found["queues"].todo
    for _ in range(2):
        make_run(status=Status.RUNNING)
    assert examined()["queues"].level == Level.WARNING  # All workers are busy.
    run.delete()
    assert examined() == {}


@pytest.mark.parametrize(
    ("columns", "level", "seen"),
    [
        ({"seen_at": 2 * MINUTE}, Level.ERROR, "The last one was web1:7:abc, at 2026"),
        ({"scheduling_since": None}, Level.ERROR, "No node schedules"),
        ({"version": "0.0.1"}, Level.WARNING, "Not all nodes run the same version"),
        ({"name": "tick"}, Level.WARNING, "Only ticks"),
        ({"workers": 0, "started_at": 2 * MINUTE}, Level.ERROR, "none has a worker"),
    ],
)
def test_what_is_wrong_with_nodes(well, now, columns, level, seen):
    changes = {
        key: now - value if isinstance(value, timedelta) else value
        for key, value in columns.items()
    }
    Node.objects.update(**changes)

    found = [each for each in doctor.examine() if each.check == "nodes"]

    assert (found[0].level, seen in found[0].seen) == (level, True)
    Node.objects.update(seen_at=now - 2 * DAY)
    (nobody,) = (each for each in doctor.examine() if each.check == "nodes")
    assert nobody.seen.endswith("so nothing runs.")


def test_a_node_that_has_only_begun_may_have_no_worker_yet(well, examined):
    Node.objects.update(workers=0)

    assert examined() == {}


def test_what_is_switched_off_as_a_whole(well, examined, settings, now):
    settings.CRONMGMT = {"ENABLED": False}
    Pause.objects.create(scope="tag", tag="nightly", since=now, reason="moving")
    Pause.objects.create(scope="everything", since=now + DAY)

    found = examined()

    assert found["nodes"].level == Level.ERROR
    assert "moving" in found["pauses"].seen
    assert "enable --tag nightly" in found["pauses"].todo


def test_history_that_is_not_pruned(well, examined, make_node, now):
    node = make_node("old:1:a", seen_at=now - 9 * DAY, stopped_at=now - 9 * DAY)

    assert list(examined()) == ["pruning"]
    node.delete()
    assert examined() == {}


def test_jobs_of_the_code_that_are_not_written(well, examined, monkeypatch):
    examined()
    declaration = registry.Declaration("new", "t:nothing")
    monkeypatch.setattr(registry, "_declarations", {"new": declaration})

    found = {each.check: each for each in doctor.examine()}

    assert "new" in found["jobs-declared"].seen
    stranger = Actor("vera", "dashboard", object())
    assert "jobs-declared" not in {each.check for each in doctor.examine(stranger)}


# Django's checks.


def test_checks_are_findings_with_their_hints(well, examined, settings):
    settings.CRONMGMT = {"LEESE": 1}

    found = examined()

    assert found["settings"].seen == "cronmgmt.E002: CRONMGMT has no setting 'LEESE'."
    assert (found["settings"].level, found["settings"].todo) == (
        Level.ERROR,
        "Did you mean LEASE?",
    )


def test_every_check_of_the_app_is_made():
    ours = [
        check
        for check in registered.get_checks()
        if check.__module__.startswith("cronmgmt.")
    ]

    assert len(ours) > 10
    assert all(settings_.TAG in check.tags for check in ours)


def test_a_page_is_not_told_what_checks_quote(well, examined, settings, make_user):
    settings.CRONMGMT = {"CRON_SECRET": 123456789}

    found = examined(Actor("vera", "dashboard", make_user("vera", "view_node")))

    assert "123456789" not in str(found)
    assert "cronmgmt.E003" in found["settings"].seen


# The database.


def test_a_database_that_does_not_answer(well, monkeypatch):
    def refuse(using):
        raise OperationalError("connection to postgres://u:hunter2@db refused")

    monkeypatch.setattr(clock.current(), "now", refuse)

    database_, unseen = doctor.examine()[:2]

    assert (database_.check, database_.level) == ("database", Level.ERROR)
    assert "refused" in database_.detail
    assert "hunter2" not in database_.detail
    assert "were not looked at" in unseen.seen


def test_tables_that_are_missing_or_newer_than_the_code(well, examined):
    recorder = MigrationRecorder(connections[database()])
    recorder.record_applied("cronmgmt", "9999_from_tomorrow")
    assert examined()["migrations"].level == Level.WARNING

    (latest,) = MigrationLoader(None).graph.leaf_nodes("cronmgmt")
    recorder.record_unapplied(*latest)
    found = [each for each in doctor.examine() if each.check == "migrations"]

    assert found[0].level == Level.ERROR
    assert latest[1] in found[0].seen
    assert "unseen" in examined()


@pytest.mark.parametrize(
    ("off", "checks"), [(0, []), (-60, ["clock"]), (60, ["clock"])]
)
def test_a_host_whose_clock_is_off(well, monkeypatch, off, checks):
    class Other(DatabaseClock):
        def now(self, using):
            return super().now(using) + timedelta(seconds=off)

    with clock.use(Other()):
        asked = storage.host_time()
        now = storage.time_of_database()
        found = list(storage.of_database(now, asked, storage.host_time()))

    assert [each.check for each in found[1:]] == checks


# The broker.


def test_a_broker_that_refuses_and_one_that_hangs(well, examined, monkeypatch):
    def refuse():
        raise ConnectionError("refused")

    monkeypatch.setattr(doorbell, "is_in_a_database", lambda: False)
    monkeypatch.setattr(doorbell, "what_waits", refuse)
    found = examined()
    assert list(found) == ["broker"]
    assert found["broker"].detail == "ConnectionError: refused"

    hang = threading.Event()
    monkeypatch.setattr(messages, "PATIENCE", 0.01)
    monkeypatch.setattr(doorbell, "what_waits", hang.wait)
    assert "no answer" in examined()["broker"].detail
    hang.set()


def test_a_broker_in_which_messages_pile_up(well, examined, monkeypatch):
    monkeypatch.setattr(messages, "PILED_UP", 2)
    for _ in range(3):
        doorbell.ring("default")

    assert "3 for the cluster" in examined()["broker"].seen


def test_a_site_without_a_broker(well, examined, monkeypatch):
    monkeypatch.setattr("cronmgmt.engine.rings.DOORBELLS", {})

    assert examined() == {}


# Mail.


SMTP = "django.core.mail.backends.smtp.EmailBackend"


def by_name(port):
    return {"EMAIL_BACKEND": SMTP, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": port}


def by_mailers(port):
    options = {"host": "127.0.0.1", "port": port}
    return {"MAILERS": {"default": {"BACKEND": SMTP, "OPTIONS": options}}}


@pytest.mark.parametrize("site", [by_name, by_mailers])
def test_a_mail_server_that_is_not_there(monkeypatch, site):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(settings_, "every_setting", lambda: site(port))
        assert list(settings_.of_mail(["report"])) == []

    (found,) = settings_.of_mail(["report"])

    assert "report" in found.seen
    assert list(settings_.of_mail([])) == []


# All of it.


def test_what_cannot_be_looked_at_is_a_finding_and_stops_nothing(
    well, examined, monkeypatch
):
    def fail(now):
        raise RuntimeError("password=hunter2 is wrong")

    monkeypatch.setattr(machinery, "of_pruning", fail)

    found = examined()

    assert list(found) == ["pruning"]
    assert found["pruning"].detail == "RuntimeError: password=******** is wrong"


def test_it_costs_the_same_however_many_jobs_there_are(
    well, make_job, make_run, django_assert_max_num_queries
):
    for number in range(30):
        job = make_job(f"job-{number}", handler=f"t:gone-{number % 2}")
        make_run(job, Status.RUNNING)
    ScheduledJob.objects.update(next_run_at=None)

    with django_assert_max_num_queries(20):
        found = {each.check: each for each in doctor.examine()}

    assert "and 25 more" in found["jobs-next-run"].seen


def test_who_may_not_see_a_job_is_not_told_of_it(
    well, make_job, make_run, now, make_user
):
    job = make_job("payroll", handler="t:gone", mail_to=["x@example.org"])
    actions.restrict_job("payroll", {"Payroll": "see"})
    make_run(job, queue="secret", available_at=now - 6 * MINUTE)
    ScheduledJob.objects.update(next_run_at=None, last_missed_at=now)
    vera = make_user("vera", "view_scheduledjob", "view_jobrun", "view_node")

    make_run(available_at=now - 6 * MINUTE)
    told = str(doctor.examine(Actor("vera", "dashboard", vera)))

    assert "payroll" in str(doctor.examine())
    assert "payroll" not in told
    assert "secret" not in told
    # What workers hold may be hidden, so nobody knows whether they are free.
    assert "whether its workers are busy" in told


def test_errors_come_first():
    levels = [each.level for each in doctor.examine()]

    assert levels == sorted(levels, key=[Level.ERROR, Level.WARNING, Level.OK].index)
