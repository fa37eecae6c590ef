"""Sources -> the catalogue of texts: what `make messages` writes and a test compares."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parents[2] / "cronmgmt"
LOCALE = PACKAGE / "locale"

CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURALS = {"ngettext", "ngettext_lazy"}
CONTEXTS = {"pgettext", "pgettext_lazy"}
PLACEHOLDER = re.compile(r"%\(\w+\)[\d.]*[a-z]|%[sd%]|\{\w*(?:![rs])?\}")

# What Django's own reader of templates makes of a tag is a call in Python.
CALL = re.compile(
    r"\bn?p?gettext\((?:u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\"|[^()])*\)"
)

# The schedules do not know Django: their tables named ENGLISH are taken whole, and
# what their refusals say.
PLAIN = "schedules/"
REFUSALS = {"InvalidSchedule", "_refuse", "refuse"}


class Message(NamedTuple):
    """A text to translate; ``plural`` and ``context`` are empty for most."""

    text: str
    plural: str = ""
    context: str = ""


def collect() -> dict[Message, list[str]]:
    """Return every text of the package, and the files that say it."""
    found: dict[Message, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*")):
        name = path.relative_to(PACKAGE).as_posix()
        if path.suffix == ".py":
            plain = _in_plain(path) if name.startswith(PLAIN) else ()
            messages = [*in_python(path.read_text()), *plain]
        elif path.suffix in (".html", ".txt"):
            messages = list(in_template(path.read_text()))
        else:
            continue
        for message in messages:
            places = found.setdefault(message, [])
            if name not in places:
                places.append(name)
    return _with_plurals(found)


def in_python(source: str) -> Iterator[Message]:
    """Yield the texts that calls of gettext and its kin name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and (message := _message(node)):
            yield message


def in_template(source: str) -> Iterator[Message]:
    """Yield the texts of a Django template's tags and filters."""
    plain = templatize(source)
    for call in CALL.findall(plain) + re.findall(r"(?<!\w)_\([^()]*\)", plain):
        yield from in_python(call)


def _message(call: ast.Call) -> Message | None:
    name = _name(call)
    constants = [each.value for each in call.args if isinstance(each, ast.Constant)]
    texts = [each for each in constants if isinstance(each, str)]
    if name in PLURALS and len(texts) == 2:
        return Message(texts[0], texts[1])
    if name in CONTEXTS and len(texts) == 2:
        return Message(texts[1], context=texts[0])
    return Message(texts[0]) if name in CALLS and texts else None


def _in_plain(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ENGLISH":
            yield from map(Message, ast.literal_eval(node.value).values())
        if isinstance(node, ast.Call) and _name(node) in REFUSALS:
            said = [each for each in node.args[-1:] if isinstance(each, ast.Constant)]
            yield from (Message(str(each.value)) for each in said)


def _name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _with_plurals(found: dict[Message, list[str]]) -> dict[Message, list[str]]:
    """Leave out a plain text that is also there with its plural: one entry has both."""
    both = {(each.text, each.context) for each in found if each.plural}
    return {
        message: places
        for message, places in sorted(found.items())
        if message.plural or (message.text, message.context) not in both
    }


def catalogue(language: str) -> Path:
    """Return where a language's texts are kept; beside it is what Django reads."""
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def renew(path: Path) -> polib.POFile:
    """Bring a catalogue up to date: new texts come empty, those no longer said go."""
    old = polib.pofile(str(path), wrapwidth=88)
    known = {(each.msgid, each.msgid_plural, each.msgctxt or ""): each for each in old}
    new = polib.POFile(wrapwidth=88)
    new.metadata = old.metadata
    new.header = old.header
    for message, places in collect().items():
        entry = known.get(message) or polib.POEntry(
            msgid=message.text,
            msgid_plural=message.plural,
            msgctxt=message.context or None,
            msgstr_plural={0: "", 1: ""} if message.plural else {},
        )
        entry.occurrences = [(place, "") for place in places]
        entry.flags = ["python-format"] if "%(" in message.text else []
        new.append(entry)
    return new


def faults(entry: polib.POEntry) -> Iterator[str]:
    """Say what is wrong with an entry: not translated, or other placeholders."""
    texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
    if not all(texts) or entry.fuzzy:
        yield f"not translated: {entry.msgid!r}"
        return
    wanted = [placeholders(each) for each in (entry.msgid, entry.msgid_plural) if each]
    for text in texts:
        if placeholders(text) not in wanted:
            yield f"other placeholders: {entry.msgid!r} -> {text!r}"


def placeholders(text: str) -> set[str]:
    """Return what is put into a text when it is shown."""
    return set(PLACEHOLDER.findall(text))


def main() -> int:
    """Renew each catalogue and compile it; say what is left to translate."""
    left = 0
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        texts = renew(path)
        texts.save(str(path))
        texts.save_as_mofile(str(path.with_suffix(".mo")))
        for fault in (fault for entry in texts for fault in faults(entry)):
            print(f"{path.parts[-3]}: {fault}")
            left += 1
        print(f"{path.parts[-3]}: {len(texts)} texts")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
