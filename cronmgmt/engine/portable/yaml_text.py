"""YAML <-> data, by PyYAML, which the extra ``yaml`` installs."""

from __future__ import annotations

from typing import Any

import yaml

from cronmgmt.errors import Refused


class _Loader(yaml.SafeLoader):
    """Plain data only; a key that comes twice is refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            if key.value in seen and isinstance(key, yaml.ScalarNode):
                raise Refused(f"The file has {key.value!r} twice in one object.")
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)


class _Dumper(yaml.SafeDumper):
    """Long texts as blocks, which show their lines in a diff."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def parse(text: str, largest: int) -> Any:
    """Return the data that ``text`` is, of at most ``largest`` characters written out.

    Raises Refused with the line.
    """
    try:
        return _read(text, largest)
    except yaml.YAMLError as error:
        said = " ".join(str(error).split())
        raise Refused(f"The file is no YAML: {said}.") from None
    except RecursionError:
        raise Refused("The file is no YAML: it is nested too deeply.") from None
    except ValueError as error:
        raise Refused(f"The file is no YAML: {error}.") from None


def _read(text: str, largest: int) -> Any:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _weigh(node, largest, {})
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _weigh(node: yaml.Node, largest: int, known: dict[int, int | None]) -> int:
    """Return how many characters a node is with every alias written out.

    A few lines of aliases of aliases are more than any memory holds, once they are
    data; so it is found here. Raises Refused.
    """
    key = id(node)
    if key in known:
        weight = known[key]
        if weight is None:
            raise Refused("The file has an alias (*) within what it stands for.")
        return weight
    known[key] = None
    if isinstance(node, yaml.MappingNode):
        parts = [part for pair in node.value for part in pair]
    else:
        parts = node.value if isinstance(node, yaml.SequenceNode) else []
    weight = 1 if parts else 1 + len(node.value)
    for part in parts:
        weight += _weigh(part, largest, known)
        if weight > largest:
            raise Refused(
                f"The file has more than {largest} characters when its aliases (*) "
                "are written out."
            )
    known[key] = weight
    return weight


def dump(data: Any) -> str:
    """Return ``data`` as text, in its own order."""
    return str(yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True))
