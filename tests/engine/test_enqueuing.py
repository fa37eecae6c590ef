"""Work becomes runs in the caller's transaction, with the terms it was queued on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest
from django.db import connection, transaction

from cronmgmt import enqueue, enqueue_many, handler, registry
from cronmgmt.engine import rings
from cronmgmt.engine.loop import work_a_slice
from cronmgmt.errors import InvalidParameters, InvalidWork, UnknownHandler
from cronmgmt.models import Activity, JobRun, Origin, Status

pytestmark = pytest.mark.django_db

MANY = 10_000
SEVERAL = 6_000
"""More than a batch."""


@pytest.fixture(autouse=True)
def _nobody_was_rung_for_before(monkeypatch):
    monkeypatch.setattr(rings, "_rung", {})


@pytest.fixture
def free():
    @handler("t:free")
    def free(run, x=None):
        return None

    yield
    registry.forget("t:free")


@pytest.fixture
def paths(settings, request):
    settings.CRONMGMT = {"PORTABLE_SQL": request.param}


both_ways = pytest.mark.parametrize("paths", [True, False], indirect=True)


def limits():
    """Return the parameter of each run in the order in which a worker takes them."""
    queued = JobRun.objects.order_by("priority", "available_at", "id")
    return [run.params["limit"] for run in queued]


@pytest.mark.part("1.3")
def test_work_is_a_queued_run_of_its_handler(now):
    execution_id = enqueue("t:limited", {"limit": 3})

    run = JobRun.objects.get(execution_id=execution_id)
    assert isinstance(execution_id, UUID)
    assert (run.status, run.origin, run.job) == (Status.QUEUED, Origin.ENQUEUE, None)
    assert (run.handler, run.params) == ("t:limited", {"limit": 3})
    assert run.available_at == run.created_at == now


def test_every_other_column_is_as_the_model_has_it(now):
    enqueue("t:nothing")

    run = JobRun.objects.get()
    fresh = JobRun(execution_id=run.execution_id, pk=run.pk)
    set_here = {
        *("job_name", "handler", "origin", "status", "available_at", "created_at"),
    }
    for field in JobRun._meta.concrete_fields:
        if field.name not in set_here:
            expected = getattr(fresh, field.attname)
            if field.name == "retry_on":
                expected = None
            assert getattr(run, field.attname) == expected, field.name


@pytest.mark.part("1.3")
@both_ways
def test_urgent_work_comes_first_and_then_the_oldest(clock, paths):
    for limit, priority in enumerate(["low", "normal", "high", "urgent", 15]):
        enqueue("t:limited", {"limit": limit}, priority=priority)
    clock.move(timedelta(seconds=1))
    enqueue_many("t:limited", [{"limit": 10}, {"limit": 11}], priority="urgent")

    assert limits() == [3, 10, 11, 2, 4, 1, 0]


@both_ways
def test_many_are_worked_off_like_one(paths):
    ids = enqueue_many("t:limited", ({"limit": limit} for limit in range(3)))

    work_a_slice("default")

    runs = [JobRun.objects.get(execution_id=each) for each in ids]
    assert [run.result for run in runs] == [{"limit": limit} for limit in range(3)]


@both_ways
def test_many_are_few_statements(paths, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        ids = enqueue_many("t:limited", [{"limit": n} for n in range(SEVERAL)])

    assert len(set(ids)) == JobRun.objects.count() == SEVERAL
    assert limits()[:3] == [0, 1, 2]


def test_no_work_is_no_work(bell):
    assert enqueue_many("t:limited", []) == []
    assert bell.rings == []


@pytest.mark.part("1.3")
@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_was_never_queued_and_nobody_is_rung_for(bell):
    with pytest.raises(RuntimeError), transaction.atomic():
        for limit in range(MANY):
            enqueue("t:limited", {"limit": limit})
        raise RuntimeError("changed my mind")

    assert not JobRun.objects.exists()
    assert bell.rings == []


@pytest.mark.django_db(transaction=True)
def test_much_work_in_one_transaction_is_one_ring_a_queue(bell):
    with transaction.atomic():
        for _ in range(20):
            enqueue("t:nothing")
            enqueue("t:nothing", queue="slow")
        assert bell.rings == []

    assert bell.rings == [("default", 20), ("slow", 20)]


@pytest.mark.django_db(transaction=True)
def test_work_of_a_savepoint_that_is_rolled_back_rings_for_nobody(bell):
    with transaction.atomic():
        enqueue("t:nothing")
        with pytest.raises(RuntimeError), transaction.atomic():
            enqueue("t:nothing", queue="slow")
            raise RuntimeError("not this one")
        enqueue("t:nothing")

    assert bell.rings == [("default", 2)]
    assert JobRun.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_work_that_follows_work_closely_rings_a_few_times_only(bell, monkeypatch):
    monkeypatch.setattr(rings, "LINGER", 60.0)
    for _ in range(20):
        enqueue("t:nothing")
    assert len(bell.rings) == bell.workers()

    since, count = rings._rung["default"]
    rings._rung["default"] = (since - 60.0, count)
    enqueue("t:nothing")

    assert len(bell.rings) == bell.workers() + 1


@pytest.mark.django_db(transaction=True)
def test_who_works_in_line_is_rung_for_each_time(bell):
    bell.in_line = True

    for _ in range(3 * bell.workers()):
        enqueue("t:nothing")

    assert len(bell.rings) == 3 * bell.workers()


@pytest.mark.django_db(transaction=True)
def test_a_ring_that_nobody_can_have_heard_does_not_count(bell, monkeypatch):
    def ring(queue, runs):
        raise ConnectionError("no broker")

    monkeypatch.setattr(bell, "ring", ring)
    enqueue("t:nothing")

    assert rings._rung == {}


def test_work_starts_no_earlier_than_it_was_told(clock, now):
    hour = timedelta(hours=1)
    enqueue("t:limited", {"limit": 1}, at=now + hour)
    enqueue("t:limited", {"limit": 2}, delay=hour)
    enqueue("t:limited", {"limit": 3}, delay=3600)

    assert work_a_slice("default").done == 0

    assert {run.intended_for for run in JobRun.objects.all()} == {now + hour}
    clock.move(hour)
    assert work_a_slice("default").done == 3


@pytest.mark.django_db(transaction=True)
def test_later_work_is_told_to_the_node_and_not_rung_for(bell, monkeypatch):
    heard = []
    monkeypatch.setattr(rings, "_later", lambda queue, delay: heard.append(queue))

    enqueue("t:nothing", delay=60, queue="slow")

    assert heard == ["slow"]
    assert bell.rings == []


def test_a_handler_brings_its_policies_and_a_caller_has_the_last_word():
    @handler("t:patient", timeout=timedelta(minutes=5), max_attempts=3, priority="high")
    def patient(run):
        """Do nothing."""

    enqueue(patient)
    enqueue("t:patient", max_attempts=7, retry_on=[OSError])

    usual, special = JobRun.objects.order_by("id")
    assert (usual.max_attempts, usual.timeout) == (3, timedelta(minutes=5))
    assert (usual.priority, special.priority) == (10, 10)
    assert (special.max_attempts, special.retry_on) == (7, ["OSError"])


def test_work_for_a_declared_job_has_the_policies_it_declares(declare):
    declare("t:members", max_attempts=4, overlap="wait", owner="office")

    enqueue("t:members")

    assert JobRun.objects.get().max_attempts == 4


def test_work_of_a_handler_can_be_limited_to_so_many_at_once():
    registry.add_handler("t:few", lambda_like, {"concurrency": 2})
    registry.add_handler("t:alone", lambda_like, {"lock_key": "nightly-db"})

    for name in ("t:few", "t:alone"):
        enqueue(name)

    few, alone = JobRun.objects.order_by("id")
    assert (few.concurrency, alone.concurrency) == (2, 1)
    assert few.lock_digest and few.lock_digest != alone.lock_digest
    assert alone.lock_key == "nightly-db"


def lambda_like(run):
    """Do nothing."""


def test_who_is_notified_is_kept_with_the_run(make_user):
    alice = make_user("alice", email="alice@example.org")

    enqueue("t:nothing", notify=[alice, "bob@example.org", "bob@example.org"])

    assert JobRun.objects.get().notify == ["alice@example.org", "bob@example.org"]


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"priority": "soon"}, "priority must be a whole number from -100 to 200"),
        ({"priority": True}, "priority"),
        ({"queue": "Not A Queue"}, "queue must be made of"),
        ({"delay": "later"}, "delay is a timedelta"),
        ({"delay": float("inf")}, "delay is a timedelta"),
        ({"delay": timedelta.max}, "so many years"),
        ({"at": "2026-01-01"}, "at is a datetime with a time zone"),
        ({"at": 5, "delay": 5}, "not both"),
        ({"notify": "nobody"}, "e-mail addresses"),
        ({"notify": 5}, "e-mail addresses"),
        ({"timeout": 5}, "timeout must be a timedelta"),
        ({"max_attempt": 5}, "did you mean max_attempts"),
        ({"unique_key": ""}, "unique key is text"),
        ({"unique_key": "x" * 201}, "unique key is text"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_terms_that_cannot_be_are_refused_and_nothing_is_queued(wrong, complaint):
    with pytest.raises(InvalidWork, match=complaint):
        enqueue("t:nothing", **wrong)

    assert not JobRun.objects.exists()


def test_a_wrong_parameter_among_many_queues_none_of_them():
    with pytest.raises(InvalidParameters, match="'limit'"):
        enqueue_many("t:limited", [{"limit": 1}, {"limit": "many"}])

    assert not JobRun.objects.exists()


def test_a_handler_that_nobody_registered_is_refused_at_once():
    with pytest.raises(UnknownHandler, match="Did you mean t:limited"):
        enqueue("t:limite")
    with pytest.raises(UnknownHandler, match="decorate it"):
        enqueue(limits)


def test_the_code_of_the_site_leaves_no_record_but_the_run():
    enqueue("t:nothing")

    assert not Activity.objects.exists()


def test_where_nothing_runs_work_waits_and_nobody_is_rung_for(
    settings, bell, django_capture_on_commit_callbacks
):
    settings.CRONMGMT = {"ENABLED": False}

    with django_capture_on_commit_callbacks(execute=True):
        enqueue("t:nothing")

    assert JobRun.objects.get().status == Status.QUEUED
    assert bell.rings == []


@both_ways
def test_text_that_databases_refuse_is_cleaned(paths):
    hostile = "a\x00b\ud800 %s {x} ' \" \\ ü"
    enqueue_many(
        "t:greet", [{"name": hostile}] * 2, unique_keys=[hostile, f"{hostile}2"]
    )

    run = JobRun.objects.order_by("id").first()
    assert run.params["name"] == run.unique_key == "a�b� %s {x} ' \" \\ ü"


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's statement")
def test_many_are_inserted_in_batches(monkeypatch):
    monkeypatch.setattr("cronmgmt.engine.bulk.BATCH", 2)

    enqueue_many("t:limited", [{"limit": limit} for limit in range(5)])

    assert limits() == [0, 1, 2, 3, 4]


def nested(levels):
    value = None
    for _ in range(levels):
        value = [value]
    return value


WITHIN_ITSELF: list[object] = []
WITHIN_ITSELF.append(WITHIN_ITSELF)
EASTERN = timezone(timedelta(hours=14))


@pytest.mark.parametrize(
    "value",
    [nested(100_000), WITHIN_ITSELF, 10**5_000, b"x", {1, 2}, object(), float("nan")],
    ids=["deep", "circular", "long", "bytes", "set", "object", "nan"],
)
def test_what_json_cannot_hold_is_refused_by_its_name(value, free):
    with pytest.raises(InvalidParameters, match="'x' of t:free must be JSON data"):
        enqueue("t:free", {"x": value})

    assert not JobRun.objects.exists()


@pytest.mark.parametrize("value", ["é" * 11, ["é" * 9], {"a": "b" * 9}])
def test_parameters_that_are_too_much_are_refused_with_what_to_do(
    settings, value, free
):
    settings.CRONMGMT = {"PARAMS_LIMIT": 10}

    with pytest.raises(InvalidParameters, match="PARAMS_LIMIT is 10. Keep the data"):
        enqueue("t:free", {"x": value})
    enqueue("t:free", {"x": "é" * 10})

    assert JobRun.objects.count() == 1


def test_what_was_queued_before_a_lower_limit_still_runs(settings, free):
    enqueue("t:free", {"x": "é" * 100})
    settings.CRONMGMT = {"PARAMS_LIMIT": 10}

    work_a_slice("default")

    assert JobRun.objects.get().status == Status.SUCCEEDED


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"at": datetime(1, 1, 1, tzinfo=EASTERN)}, "at is from 1970 to 8999"),
        ({"at": datetime.max.replace(tzinfo=UTC)}, "at is from 1970 to 8999"),
        ({"at": date(2026, 1, 1)}, "a datetime with a time zone"),
        ({"delay": timedelta(days=365 * 7_000)}, "before the year 9000"),
        ({"delay": timedelta.max}, "before the year 9000"),
        ({"timeout": timedelta.max}, "at most a hundred years"),
        ({"backoff": timedelta(days=40_000)}, "at most a hundred years"),
        ({"retry_on": ["no name"]}, "a list of exceptions"),
        ({"retry_on": [int]}, "a list of exceptions"),
    ],
)
def test_what_no_database_holds_is_refused(options, complaint):
    with pytest.raises(InvalidWork, match=complaint):
        enqueue("t:nothing", **options)

    assert not JobRun.objects.exists()


@pytest.mark.parametrize("late", [{"delay": -90}, {"delay": timedelta(days=-1)}])
def test_a_delay_that_has_passed_already_is_none(now, late):
    enqueue("t:nothing", **late)

    assert JobRun.objects.get().available_at == now


def test_what_was_meant_for_the_past_waits_since_now(now):
    long_ago = now - timedelta(days=1)

    enqueue("t:nothing", at=long_ago)

    run = JobRun.objects.get()
    assert (run.available_at, run.intended_for) == (now, long_ago)


@pytest.mark.parametrize(
    ("params", "keys", "complaint"),
    [
        (None, None, "params is a list"),
        ({"limit": 1}, None, "params is a list"),
        ("ab", None, "params is a list"),
        ([{}, {}], "ab", "unique_keys is a list"),
        ([{}, {}], [], "2 pieces of work and 0 unique keys"),
        ([None], None, "must be a JSON object"),
    ],
)
def test_many_are_a_list(params, keys, complaint):
    with pytest.raises((InvalidWork, InvalidParameters), match=complaint):
        enqueue_many("t:limited", params, unique_keys=keys)

    assert not JobRun.objects.exists()


def test_keys_may_come_one_by_one():
    ids = enqueue_many("t:limited", [{}, {}], unique_keys=(key for key in "aa"))

    assert len(ids) == 2 and len(set(ids)) == JobRun.objects.count() == 1


@pytest.mark.parametrize("params", [[], "", 0])
def test_no_parameters_are_an_object_too(params):
    with pytest.raises(InvalidParameters, match="must be a JSON object"):
        enqueue("t:limited", params)
