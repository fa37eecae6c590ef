"""Every text of the package has its translation, and Django reads the same one."""

from __future__ import annotations

import polib
import pytest

from tests.tooling import messages

LANGUAGES = ["es"]


@pytest.fixture(params=LANGUAGES)
def path(request):
    return messages.catalogue(request.param)


@pytest.fixture
def texts(path):
    return polib.pofile(str(path))


def test_each_language_that_is_there_is_tested():
    found = [path.name for path in messages.LOCALE.iterdir() if path.is_dir()]
    assert sorted(found) == LANGUAGES


def test_the_catalogue_holds_exactly_the_texts_of_the_sources(texts):
    said = {(each.text, each.plural, each.context) for each in messages.collect()}
    kept = {(each.msgid, each.msgid_plural, each.msgctxt or "") for each in texts}

    assert said - kept == set(), "say them: make messages"
    assert kept - said == set(), "nobody says them any more: make messages"
    assert len(said) > 600


def test_each_text_is_translated_and_keeps_what_is_put_into_it(texts):
    assert [fault for entry in texts for fault in messages.faults(entry)] == []
    assert texts.obsolete_entries() == []


def test_what_django_reads_is_what_was_written(path, texts):
    compiled = polib.mofile(str(path.with_suffix(".mo")))

    assert content(compiled) == content(texts)


def test_translations_keep_a_sentence_a_sentence(texts):
    """A full stop too many or too few shows a translation that slipped a line."""
    for entry in texts:
        for text in list(entry.msgstr_plural.values()) or [entry.msgstr]:
            assert text.endswith(".") == entry.msgid.endswith("."), entry.msgid


def test_texts_are_found_where_they_are_said():
    template = """{% load i18n %}{% translate "One" %} {% blocktranslate count n=n %}
{{ n }} two{% plural %}{{ n }} twos{% endblocktranslate %}{{ x|default:_("Three") }}"""
    source = 'print(_("Four"), pgettext("of a lock", "Five"), ngettext("a", "b", 3))'

    assert set(messages.in_template(template)) == {
        ("One", "", ""),
        ("\n%(n)s two", "%(n)s twos", ""),
        ("Three", "", ""),
    }
    assert set(messages.in_python(source)) == {
        ("Four", "", ""),
        ("Five", "", "of a lock"),
        ("a", "b", ""),
    }


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "not translated"),
        ("%(count)d trabajo", None),
        ("%(cuenta)d trabajo", "other placeholders"),
        ("un trabajo", "other placeholders"),
    ],
)
def test_a_translation_at_fault_is_found(text, fault):
    entry = polib.POEntry(msgid="%(count)d job", msgstr=text)
    found = list(messages.faults(entry))
    assert [each.split(":")[0] for each in found] == ([fault] if fault else [])


def content(texts):
    return {
        (entry.msgctxt, entry.msgid): entry.msgstr_plural or entry.msgstr
        for entry in texts
    }
