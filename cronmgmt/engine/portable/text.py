"""JSON or YAML <-> a document."""

from __future__ import annotations

import json
from importlib import import_module
from types import ModuleType
from typing import Any

from cronmgmt.engine.portable.documents import Document, read_document
from cronmgmt.errors import Refused

FORMATS = ("json", "yaml")
LARGEST = 20_000_000
"""Characters; far more than ten thousand jobs take."""


def format_of(name: str) -> str:
    """Return the format that a file's name ends with; JSON for any other."""
    return "yaml" if name.lower().endswith((".yaml", ".yml")) else "json"


def read(text: str, form: str = "json") -> Document:
    """Return the document that ``text`` is. Raises Refused with where it is not."""
    return read_document(parse(text, form))


def write(document: Document, form: str = "json") -> str:
    """Return the document as text that :func:`read` reads."""
    data = document.as_data()
    if form == "yaml":
        return str(_yaml().dump(data))
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def parse(text: str, form: str = "json") -> Any:
    """Return the data that ``text`` is, or raise Refused."""
    if len(text) > LARGEST:
        raise Refused(f"The file has more than {LARGEST} characters.")
    if form == "yaml":
        return _yaml().parse(text, LARGEST)
    try:
        return json.loads(text, object_pairs_hook=_once_each)
    except RecursionError:
        raise Refused("The file is no JSON: it is nested too deeply.") from None
    except ValueError as error:
        raise Refused(f"The file is no JSON: {error}.") from None


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; Python would keep the last of two entries of one name."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Refused(f"The file has {twice!r} twice in one object.")
    return found


def _yaml() -> ModuleType:
    try:
        return import_module("cronmgmt.engine.portable.yaml_text")
    except ImportError:
        raise Refused(
            "YAML needs PyYAML: pip install django-cronmgmt[yaml], or use JSON."
        ) from None
