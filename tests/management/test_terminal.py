"""A progress bar where a person looks, and nothing where a program does."""

from __future__ import annotations

import io

import pytest

from cronmgmt import registry
from cronmgmt.engine.actions import CODE
from cronmgmt.engine.foreground import run_here
from cronmgmt.management.verbs import terminal
from cronmgmt.management.verbs.terminal import Bar, Terminal


class Screen(io.StringIO):
    """A terminal's stream."""

    def isatty(self):
        return True


@pytest.fixture
def screen(monkeypatch):
    monkeypatch.setattr(terminal, "PAUSE", 0)
    return Screen()


@pytest.mark.parametrize(
    ("done", "total", "picture"),
    [
        (0, 4, f"[{'.' * 30}]   0% 0/4"),
        (2, 4, f"[{'#' * 15}{'.' * 15}]  50% 2/4"),
        (9, 4, f"[{'#' * 30}] 100% 9/4"),
        (-1, 4, f"[{'.' * 30}]   0% -1/4"),
        (7, None, "7 done"),
        (7, 0, "7 done"),
    ],
)
def test_a_bar_shows_how_far_it_is(screen, done, total, picture):
    Bar(screen).show(done, total)

    assert screen.getvalue() == f"\r{picture}"


def test_a_shorter_line_covers_the_longer_one(screen):
    bar = Bar(screen)

    bar.show(1, None, "a long remark")
    bar.show(2, None)
    bar.clear()

    last, cleared = screen.getvalue().split("\r")[2:4]
    assert last == "2 done".ljust(len("1 done a long remark"))
    assert cleared.strip() == ""


def test_nothing_is_drawn_into_a_file():
    file = io.StringIO()

    bar = Bar(file)
    bar.show(1, 2)
    bar.clear()

    assert file.getvalue() == ""


def test_it_is_drawn_a_few_times_per_second_and_at_the_end():
    screen = Screen()
    bar = Bar(screen)

    for done in range(1001):
        bar.show(done, 1000)

    assert screen.getvalue().count("\r") < 100
    assert screen.getvalue().endswith("100% 1000/1000")


def counting(run):
    """Count to two, aloud."""
    run.progress(1, 2)
    print("one")  # noqa: T201
    run.progress(2, 2)


@pytest.fixture
def counter(make_job):
    registry.add_handler("t:counting", counting)
    yield make_job(handler="t:counting")
    registry.forget("t:counting")


@pytest.mark.part("0.9")
@pytest.mark.django_db
def test_a_run_in_the_foreground_shows_output_and_progress(counter, screen):
    run = run_here("job", CODE, echo=Terminal(screen))

    shown = screen.getvalue()
    assert shown.index("50% 1/2") < shown.index("one\n") < shown.index("100% 2/2")
    assert run.log.get().text == "one\n"
