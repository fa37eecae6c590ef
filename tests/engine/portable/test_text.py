"""Files are read as they are meant, or refused with what is wrong."""

from __future__ import annotations

import builtins
import sys
from datetime import UTC, datetime

import pytest

from cronmgmt.engine.portable import text
from cronmgmt.engine.portable.documents import Document
from cronmgmt.errors import Refused

DOCUMENT = Document(
    jobs={
        "b": {"handler": "x", "description": "First\nthen\n", "cron": "0 6 * * *"},
        "a": {"handler": "x", "params": {"n": 1, "é": [None, True, "no", "0123"]}},
    },
    calendars={"nl": {"days": ["2026-12-25 holiday Christmas"]}},
)


@pytest.mark.parametrize("form", text.FORMATS)
def test_what_is_written_is_read_again(form):
    written = text.write(DOCUMENT, form)

    assert text.read(written, form) == DOCUMENT
    assert text.write(text.read(written, form), form) == written


@pytest.mark.parametrize("form", text.FORMATS)
def test_jobs_are_in_order_of_their_names(form):
    written = text.write(DOCUMENT, form)

    assert list(text.read(written, form).jobs) == ["a", "b"]
    assert "é" in written


def test_yaml_shows_the_lines_of_a_text():
    assert "description: |" in text.write(DOCUMENT, "yaml")


def test_a_moment_that_yaml_understands_stays_one():
    document = text.read("jobs: {a: {starts_at: 2026-03-01T10:00:00+00:00}}", "yaml")

    moment = document.jobs["a"]["starts_at"]
    assert moment == datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "form"), [("a.json", "json"), ("a.YML", "yaml"), ("-", "json")]
)
def test_the_name_tells_the_format(name, form):
    assert text.format_of(name) == form


@pytest.mark.parametrize(
    ("form", "written", "complaint"),
    [
        ("json", "", "no JSON"),
        ("json", "{", "no JSON"),
        ("json", "[" * 100_000, "nested too deeply"),
        ("json", '{"jobs": {"a": {}, "a": {}}}', "'a' twice"),
        ("json", "[]", "A file of jobs is an object"),
        ("json", "5", "A file of jobs is an object"),
        ("json", '{"job": {}}', "Did you mean jobs"),
        ("json", '{"cronmgmt": 2}', "it reads 1"),
        ("yaml", "jobs:", None),
        ("json", '{"jobs": []}', "an object with a name for each; got a list"),
        ("json", '{"jobs": false}', "an object with a name for each; got False"),
        ("json", '{"jobs": [1]}', "an object with a name for each"),
        ("json", '{"jobs": {"a": 5}}', "jobs: a: write its fields; got 5"),
        ("yaml", "a: [", "no YAML.*line"),
        ("yaml", "jobs: {a: {b: 1, b: 2}}", "'b' twice"),
        ("yaml", "jobs: {1: {}}", "put it in quotes"),
        ("yaml", "jobs: !!python/object/apply:os.getcwd []", "no YAML"),
        ("yaml", "\x00", "no YAML"),
        ("yaml", "a: 2026-99-99", "no part of|no YAML"),
        ("yaml", "jobs: just words", "an object with a name for each"),
        ("yaml", "[" * 5_000, "nested too deeply"),
        ("yaml", "jobs: &j {a: *j}", "within what it stands for"),
        ("yaml", "jobs: {a: &a {x: [*a]}}", "within what it stands for"),
    ],
)
def test_what_cannot_be_read_is_refused(form, written, complaint):
    if complaint is None:
        assert text.read(written, form) == Document()
        return
    with pytest.raises(Refused, match=complaint):
        text.read(written, form)


def test_a_file_larger_than_anyone_needs_is_refused(monkeypatch):
    monkeypatch.setattr(text, "LARGEST", 10)

    with pytest.raises(Refused, match="more than 10 characters"):
        text.read('{"jobs":    {}}')


@pytest.mark.parametrize(
    "level", ["[{0}, {0}, {0}, {0}, {0}]", "{{<<: [{0}, {0}, {0}, {0}, {0}]}}"]
)
def test_aliases_of_aliases_are_refused_before_they_fill_the_memory(level):
    lines = ["p0: &p0 {text: lol}"]
    for number in range(1, 30):
        lines.append(f"p{number}: &p{number} " + level.format(f"*p{number - 1}"))

    with pytest.raises(Refused, match="when its aliases"):
        text.read("\n".join(lines), "yaml")


def test_an_alias_spares_writing_an_entry_twice():
    written = "jobs: {a: &a {handler: x, owner: me}, b: {<<: *a, owner: you}, c: *a}"

    jobs = text.read(written, "yaml").jobs

    assert jobs["a"] == jobs["c"] == {"handler": "x", "owner": "me"}
    assert jobs["b"] == {"handler": "x", "owner": "you"}


def test_without_pyyaml_it_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **options):
        if name == "yaml":
            raise ImportError(name)
        return real(name, *args, **options)

    monkeypatch.delitem(sys.modules, "cronmgmt.engine.portable.yaml_text", False)
    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(Refused, match=r"pip install django-cronmgmt\[yaml\]"):
        text.write(DOCUMENT, "yaml")
