"""Whatever a handler returns or raises becomes something every database takes."""

from __future__ import annotations

import json
import math
from collections import UserDict
from datetime import timedelta
from decimal import Decimal

import pytest

from cronmgmt.engine.outcomes import (
    ERROR_LIMIT,
    HANDED_BACK,
    STALE,
    TRACEBACK_LIMIT,
    raised,
    succeeded,
)
from cronmgmt.errors import (
    HandlerRefused,
    InvalidParameters,
    LeaseLost,
    NonRetryable,
    Retry,
    RunCancelled,
    RunHandedBack,
    RunTimedOut,
    UnknownHandler,
)
from cronmgmt.models import Status


class Unspeakable(Exception):
    def __str__(self):
        raise ValueError("not even this")


class Torn(dict):
    """A mapping that JSON cannot walk through."""

    def items(self):
        raise KeyError("torn")


def error_of(error, timeout=None):
    """What is recorded of an error that was really raised."""
    try:
        raise error
    except BaseException as caught:
        return raised(caught, timeout)


# What it returned.


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None),
        ("text", "text"),
        ({"rows": 3, "seconds": 1.5}, {"rows": 3, "seconds": 1.5}),
        ((1, 2), [1, 2]),
        ({1: "one"}, {"1": "one"}),
        (math.nan, None),
        ([math.inf, {"worst": -math.inf}], [None, {"worst": None}]),
        ("nul \x00", "nul \ufffd"),
        ({"half\ud800": "\udfff"}, {"half\ufffd": "\ufffd"}),
        pytest.param(10**400, 10**400, id="large"),
    ],
)
def test_the_result_is_kept_as_plain_json(value, kept):
    outcome = succeeded(value)

    assert (outcome.status, outcome.result) == (Status.SUCCEEDED, kept)
    assert outcome.reason == ""


def endless():
    value = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1, 2},
        b"bytes",
        Decimal("1.5"),
        UserDict(),
        endless(),
        {(1, 2): "pair"},
        pytest.param(10**5000, id="huge"),
        Torn(a=1),
        Unspeakable(),
    ],
)
def test_what_is_not_json_is_a_success_all_the_same(value):
    outcome = succeeded(value)

    assert (outcome.status, outcome.result) == (Status.SUCCEEDED, None)
    assert type(value).__name__ in outcome.reason
    assert outcome.reason.endswith("It was not kept.")


def test_a_result_beyond_the_limit_is_not_kept(settings):
    settings.CRONMGMT = {"RESULT_LIMIT": 10}

    assert succeeded("12345678").result == "12345678"
    assert succeeded("123456789").result is None
    assert "RESULT_LIMIT is 10" in succeeded("123456789").reason


# What it raised.


def test_an_error_is_a_failure_with_its_class_text_and_traceback():
    outcome = error_of(ValueError("no rows"))

    assert (outcome.status, outcome.reason) == (Status.FAILED, "ValueError: no rows")
    assert (outcome.error_class, outcome.error_message) == ("ValueError", "no rows")
    assert outcome.traceback.startswith("Traceback (most recent call last)")
    assert outcome.traceback.endswith("ValueError: no rows\n")


def test_an_error_of_a_library_is_called_by_its_full_name():
    error = json.JSONDecodeError("no", "", 0)

    assert error_of(error).error_class == "json.decoder.JSONDecodeError"


def test_an_error_without_a_text_is_called_by_its_class():
    outcome = error_of(RuntimeError())

    assert (outcome.reason, outcome.error_message) == ("RuntimeError", "RuntimeError")


def test_an_error_that_cannot_speak_is_recorded_all_the_same():
    outcome = error_of(Unspeakable())

    assert outcome.status == Status.FAILED
    assert "its text raised ValueError" in outcome.error_message
    assert "in error_of" in outcome.traceback


@pytest.mark.parametrize(
    "error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit(), BaseException("x")]
)
def test_what_would_end_a_process_ends_the_run(error):
    outcome = error_of(error)

    assert (outcome.status, outcome.may_retry) == (Status.FAILED, True)
    assert outcome.error_class == type(error).__name__


def test_what_databases_refuse_is_replaced():
    outcome = error_of(ValueError("nul \x00, half a pair \ud800"))

    assert outcome.error_message == "nul \ufffd, half a pair \ufffd"
    assert "\x00" not in outcome.traceback + outcome.reason


def test_endless_errors_are_cut():
    outcome = error_of(ValueError("no " * 1_000_000))

    assert len(outcome.reason) == 1000
    assert len(outcome.error_message) == ERROR_LIMIT
    assert len(outcome.traceback) == TRACEBACK_LIMIT + 1
    assert outcome.traceback.endswith("no \n")


def test_the_cause_is_in_the_traceback():
    error = RuntimeError("the sync failed")
    error.__cause__ = OSError("no route to host")

    assert "no route to host" in error_of(error).traceback


# What of it may be tried again.


@pytest.mark.parametrize(
    ("error", "may_retry"),
    [
        (ValueError(), True),
        (Retry(), True),
        (UnknownHandler(), True),  # A worker with newer code may know it.
        (NonRetryable(), False),
        (InvalidParameters(), False),
        (HandlerRefused(), False),
    ],
)
def test_an_error_says_whether_a_retry_may_help(error, may_retry):
    assert error_of(error).may_retry == may_retry


def test_a_retry_may_say_when():
    assert error_of(Retry(after=timedelta(hours=1))).retry_after == timedelta(hours=1)
    assert error_of(Retry()).retry_after is None
    assert error_of(Retry("later")).error_message == "later"


# What stopped it from outside.


def test_a_time_out_says_how_long_it_had():
    outcome = error_of(RunTimedOut(), timedelta(seconds=30))

    assert (outcome.status, outcome.reason) == (
        Status.TIMED_OUT,
        "Timed out after 0:00:30.",
    )
    assert outcome.error_class == "RunTimedOut"
    assert "in error_of" in outcome.traceback


def test_a_cancelled_run_carries_the_reason():
    outcome = error_of(RunCancelled("Cancelled by alice: too slow"))

    assert (outcome.status, outcome.reason) == (
        Status.CANCELLED,
        "Cancelled by alice: too slow",
    )
    assert not outcome.may_retry


def test_what_was_handed_back_or_lost_is_no_end():
    assert error_of(RunHandedBack("The node stops.")).status == HANDED_BACK
    assert error_of(LeaseLost()).status == STALE


@pytest.mark.parametrize("kind", [RunCancelled, RunHandedBack])
def test_a_handler_that_raises_these_itself_cannot_break_the_record(kind):
    assert error_of(kind("nul \x00")).reason == "nul \ufffd"
