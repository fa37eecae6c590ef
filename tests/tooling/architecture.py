"""A tree of Python files -> what in it breaks the rules of the house."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

# From the ground up. A part may import itself and every layer under it: never a
# neighbour, never upwards.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"errors", "text"}),
    frozenset({"clock", "conf", "exports", "signals"}),
    frozenset({"callers", "outbound"}),
    frozenset({"policies", "schedules"}),
    frozenset({"parameters"}),
    frozenset({"functions", "targets"}),
    frozenset({"registry"}),
    frozenset({"models"}),
    frozenset({"actors"}),
    frozenset({"alerts", "telemetry"}),
    frozenset({"engine", "queries"}),
    frozenset({"doctor", "ledger"}),
    frozenset({"mail"}),
    frozenset({"handlers"}),
    frozenset(
        {
            "admin",
            "api",
            "dashboard",
            "interface",
            "management",
            "oidc",
            "processor",
            "tasks",
            "templatetags",
        }
    ),
)
# May import anything, and nothing but wiring may import it.
WIRING = frozenset({"__init__", "apps", "checks", "pytest_plugin", "testing", "urls"})

# Who may know what comes from outside: files, or folders that end in a slash.
HOMES = {
    "django_q": (
        "engine/cluster/doorbell.py",
        "engine/cluster/node.py",
        "management/commands/qcluster.py",
    ),
    "cronsim": ("schedules/",),
    "jwt": ("oidc/",),
    "mozilla_django_oidc": ("oidc/",),
    "django.conf": ("conf.py", "checks/settings.py"),
}
ALONE = "schedules"
FRIENDS_OF_ALONE = ("cronmgmt.errors", "cronmgmt.text", f"cronmgmt.{ALONE}")

FILE_LINES = 300
FUNCTION_LINES = 40

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(root: Path) -> list[Path]:
    """Return what people write: migrations are left out."""
    found = root.rglob("*.py")
    return sorted(path for path in found if "migrations" not in path.parts)


def imports(path: Path, root: Path, node: ast.AST) -> Iterator[str]:
    """Yield the names that the code imports, absolute and dotted."""
    package = (root.name, *path.relative_to(root).parts[:-1])
    for child in ast.walk(node):
        if isinstance(child, ast.Import):
            yield from (name.name for name in child.names)
        elif isinstance(child, ast.ImportFrom):
            kept = len(package) - child.level + 1
            base = package[:kept] if child.level else ()
            module = ".".join([*base, *filter(None, [child.module])])
            yield from (f"{module}.{name.name}" for name in child.names)


def imported(path: Path, root: Path) -> set[str]:
    return set(imports(path, root, parse(path)))


@functools.cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def is_in(name: str, module: str) -> bool:
    """Tell whether a dotted name is the module or something in it."""
    return f"{name}.".startswith(f"{module}.")


def part_of(path: Path, root: Path) -> str:
    """Return the part of the house that a file belongs to: its file or top folder."""
    return path.relative_to(root).parts[0].removesuffix(".py")


def rank_of(part: str) -> int | None:
    return next((rank for rank, layer in enumerate(LAYERS) if part in layer), None)


def wrong_imports(path: Path, root: Path) -> list[str]:
    """Return imports of our own that do not point down."""
    part = part_of(path, root)
    if part in WIRING:
        return []
    rank = rank_of(part)
    if rank is None:
        return [f"{part} has no place in the layers"]
    allowed = {part}.union(*LAYERS[:rank])
    names = sorted(name for name in imported(path, root) if is_in(name, root.name))
    parts = {name: (name.split(".") + ["__init__"])[1] for name in names}
    return [f"imports {name}" for name, its in parts.items() if its not in allowed]


def strangers(path: Path, root: Path) -> list[str]:
    """Return imports from outside that belong in another file."""
    place = path.relative_to(root).as_posix()
    return [
        f"imports {name}, whose home is {', '.join(homes)}"
        for name in sorted(imported(path, root))
        for dependency, homes in HOMES.items()
        if is_in(name, dependency)
        and not any(place == home or _within(place, home) for home in homes)
    ]


def _within(place: str, home: str) -> bool:
    return home.endswith("/") and place.startswith(home)


def company(path: Path, root: Path) -> list[str]:
    """Return what the part that stands alone imports all the same."""
    if part_of(path, root) != ALONE:
        return []
    return [
        f"imports {name}"
        for name in sorted(imported(path, root))
        if is_in(name, "django")
        or (
            is_in(name, root.name)
            and not any(is_in(name, friend) for friend in FRIENDS_OF_ALONE)
        )
    ]


def functions(tree: ast.AST) -> list[Function]:
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def oversized(path: Path, root: Path) -> list[str]:
    """Return the file, and its functions, that are too long to be read at a glance."""
    length = len(path.read_text(encoding="utf-8").splitlines())
    found = [f"has {length} lines"] if length >= FILE_LINES else []
    for function in functions(parse(path)):
        lines = (function.end_lineno or function.lineno) - function.lineno + 1
        if lines >= FUNCTION_LINES:
            found.append(f"{function.name} has {lines} lines")
    return found


def late_imports(path: Path, root: Path) -> list[str]:
    """Return imports of our own inside functions: they hide a cycle.

    ``apps.py`` is loaded before the models may be, so it has no other way, and the
    package's ``__init__`` loads its public names when they are asked for.
    """
    place = path.relative_to(root).as_posix()
    if place == "apps.py":
        return []
    return [
        f"{function.name} imports {name}"
        for function in functions(parse(path))
        if (place, function.name) != ("__init__.py", "__getattr__")
        for name in sorted(set(imports(path, root, function)))
        if is_in(name, root.name)
    ]


def unexplained(path: Path, root: Path) -> list[str]:
    """Return what has no docstring; an empty file has nothing to explain."""
    tree = parse(path)
    if not tree.body or ast.get_docstring(tree):
        return []
    return ["does not open with a docstring"]


# Rules of the package, and those that the demo site keeps too.
LAYERING = (wrong_imports, strangers, company)
HABITS = (oversized, late_imports, unexplained)
