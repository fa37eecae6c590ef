"""Only registered functions can be run; what cannot be run is refused at import."""

from __future__ import annotations

import functools

import pytest

from cronmgmt import registry
from cronmgmt.errors import (
    HandlerRefused,
    InvalidJob,
    UnknownHandler,
)
from cronmgmt.functions import check_function, importable_path


@pytest.fixture(autouse=True)
def _as_before(monkeypatch):
    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))
    monkeypatch.setattr(registry, "_declarations", {})


def work(run, limit: int = 10):
    """Return the limit."""
    return limit


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


@logged
def decorated(run, limit: int = 10):
    """Return the limit."""
    return limit


def shadowed(run):
    """Is not what its name stands for by now."""


hidden, shadowed = shadowed, None


class Service:
    def work(self, run):
        """Do nothing."""

    @staticmethod
    def alone(run):
        """Do nothing."""

    def __call__(self, run):
        """Do nothing."""


# Registering.


@pytest.mark.part("2.5")
def test_a_handler_is_found_by_its_name():
    registry.handler("t:work")(work)

    assert registry.find("t:work")(None, {"limit": 3}) == 3
    assert "t:work" in registry.handler_names()


@pytest.mark.part("2.5")
def test_a_decorated_function_stays_as_it_is():
    assert registry.handler("t:work")(work) is work
    assert registry.job("t:work", cron="0 * * * *")(work) is work


@pytest.mark.part("2.5")
def test_a_job_is_a_handler_and_a_declaration():
    registry.job("t:work", cron="15 7 * * *", timezone="UTC", owner="ops")(work)

    (declaration,) = registry.declarations()
    assert (declaration.name, declaration.handler) == ("t:work", "t:work")
    assert declaration.fields["schedule_expression"] == "15 7 * * *"
    assert declaration.fields["owner"] == "ops"


def test_the_same_function_may_be_registered_again():
    registry.handler("t:work")(work)
    registry.handler("t:work")(work)


def test_two_functions_of_one_name_are_refused():
    registry.handler("t:work")(work)

    with pytest.raises(InvalidJob, match="Two functions are registered as t:work"):
        registry.handler("t:work")(decorated)


@pytest.mark.parametrize("name", ["", "Nightly", "two words", "é", "n" * 101, None, 5])
def test_a_name_that_no_url_could_hold_is_refused(name):
    with pytest.raises(InvalidJob, match="a-z 0-9"):
        registry.handler(name)(work)
    with pytest.raises(InvalidJob, match="a-z 0-9"):
        registry.job(name)


def test_a_name_that_is_not_known_is_refused_with_the_nearest():
    registry.handler("t:work")(work)

    with pytest.raises(UnknownHandler, match="Did you mean t:work?"):
        registry.find("t:wrok")


@pytest.mark.parametrize("name", ["x" * 1000, None, 5, ("t:work",)])
def test_whatever_is_asked_for_is_only_unknown(name):
    with pytest.raises(UnknownHandler, match="No handler is registered as"):
        registry.find(name)


# What may be a handler.


def with_positional_default(run, limit=10, /):
    """Cannot be handed a limit, and does without."""


def with_anything(run, *rest, **params):
    """Take whatever comes."""


def without_any():
    """Need nothing."""


async def coroutine(run):
    """Wait for nothing."""


@pytest.mark.parametrize(
    "function",
    [
        work,
        decorated,
        coroutine,
        without_any,
        with_anything,
        with_positional_default,
        Service.alone,
    ],
)
def test_what_can_be_called_with_a_run_may_be_a_handler(function):
    check_function(function)


def generator(run):
    yield


async def async_generator(run):
    yield


def only_by_name(*, limit):
    """Have no place for the run."""


def only_others(**params):
    """Have no place for the run."""


def unnameable(run, limit, /):
    """Need what nobody can hand over."""


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda run: None, "lambda"),
        (Service().work, "bound method"),
        (Service, "type"),
        (Service(), "Service"),
        (functools.partial(work, limit=3), "partial"),
        (print, "builtin"),
        (None, "NoneType"),
        (generator, "generator"),
        (async_generator, "generator"),
        (only_by_name, "run"),
        (only_others, "run"),
        (unnameable, "limit"),
    ],
)
def test_what_cannot_is_refused_with_the_reason(function, reason):
    with pytest.raises(HandlerRefused, match=reason):
        check_function(function)


# What every process can import.


def closure():
    limit = 3

    def inner(run):
        return limit

    return inner


@pytest.mark.part("2.1")
def test_a_function_of_a_module_can_be_imported():
    assert importable_path(work) == "tests.test_registry:work"


@pytest.mark.part("2.1")
def test_one_with_a_decorator_too():
    assert importable_path(decorated) == "tests.test_registry:decorated"


@pytest.mark.part("2.1")
@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda run: None, "lambda"),
        (closure(), "defined inside another function"),
        (Service().work, "bound method"),
        (Service.alone, "belongs to a class"),
        (hidden, "tests.test_registry.shadowed"),
    ],
    ids=["lambda", "closure", "method", "static", "shadowed"],
)
def test_what_a_worker_could_not_import_is_refused_with_the_reason(function, reason):
    with pytest.raises(HandlerRefused, match=reason):
        importable_path(function)


def test_what_lives_in_main_is_refused(monkeypatch):
    monkeypatch.setattr(work, "__module__", "__main__")

    with pytest.raises(HandlerRefused, match="__main__"):
        importable_path(work)
