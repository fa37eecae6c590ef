"""Text and JSON are made fit for every database."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronmgmt.text import NAME_LENGTH, clean_json, clean_text, digest, is_name


class Silent:
    def __str__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        ("as it is, é ☃ 𝄞", "as it is, é ☃ 𝄞"),
        ("a\x00b", "a\ufffdb"),
        ("\ud800\udc00", "\ufffd\ufffd"),
        (12, "12"),
        (None, "None"),
        (ValueError("no"), "no"),
        (Silent(), "<Silent; its text raised RuntimeError>"),
    ],
)
def test_what_databases_refuse_is_replaced(value, cleaned):
    assert clean_text(value) == cleaned


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("abcd", 1, "…"), ("", 1, "")],
)
def test_long_text_is_cut_with_a_mark(text, limit, cut):
    assert clean_text(text, limit) == cut


@given(st.text(alphabet=st.characters()))
def test_clean_text_can_be_written(text):
    cleaned = clean_text(text)

    assert "\x00" not in cleaned
    assert cleaned.encode().decode() == cleaned
    assert clean_text(cleaned) == cleaned


json_data = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True, allow_infinity=True)
    | st.text(alphabet=st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(json_data)
def test_clean_json_can_be_written_and_stays_as_it_is(value):
    cleaned = clean_json(value)

    text = json.dumps(cleaned, allow_nan=False, ensure_ascii=False)
    assert text.encode()
    assert "\x00" not in text
    assert json.loads(text) == clean_json(cleaned) == cleaned


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", {(1, 2): 3}])
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(TypeError):
        clean_json(value)


def test_a_digest_tells_apart_what_collations_make_equal():
    keys = {digest(key) for key in ("A", "a", "A ", "á", "a\x1f", "")}

    assert len(keys) == 6
    assert all(len(key) == 64 and key.isascii() for key in keys)


def test_a_digest_is_of_all_parts_in_their_order():
    assert digest("job", 1) == digest("job", "1")
    assert digest("job", 1) != digest(1, "job")
    assert digest("\ud800")


@pytest.mark.parametrize(
    "name", ["a", "members-sync", "system:process_pending.v2", "7", "n" * NAME_LENGTH]
)
def test_names(name):
    assert is_name(name)


@pytest.mark.parametrize(
    "name",
    ["", "Members", "two words", "a/b", "é", "a\n", "n" * (NAME_LENGTH + 1), None, 7],
)
def test_what_is_no_name(name):
    assert not is_name(name)
