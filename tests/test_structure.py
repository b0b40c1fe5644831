"""How large the package may be, and that no two of its modules need each other."""

import sys
from pathlib import Path

import grimp
import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from tests.conftest import ROOT

LINES, FILES, PARAGRAPHS = 45_944, 194, 3  # to be 32_000, 140, 0
"""The most that there may be of lines of .py and of files, and of short files that one other alone imports."""

FILE_LINES = 900
PARAGRAPH_LINES = 60

UNCOUNTED = ("records/formats/[a-z]*.py", "*/backends/[a-z]*.py", "theatre/languages/[a-z]*.py")
"""What grows by a file for each source, engine or language: no entry is a sign of a file too many."""


def modules() -> dict[str, Path]:
    """Every module of the package and its file."""
    package = ROOT / "geocasualty"
    named = {path: path.relative_to(ROOT).with_suffix("").parts for path in sorted(package.rglob("*.py"))}
    return {".".join(parts[:-1] if parts[-1] == "__init__" else parts): path for path, parts in named.items()}


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def is_counted(path: Path) -> bool:
    """Whether a file is no entry of a list."""
    inside = path.relative_to(ROOT / "geocasualty")
    return not any(inside.match(pattern) for pattern in UNCOUNTED)


def imports_in(folder: Path, package: str) -> dict[str, list[str]]:
    """For each module those that it imports, in functions and for type checkers too.

    An import inside a function runs, only later, and one for the type checker says that the module cannot be read
    without the other: both are counted, so that no circle is broken by hiding a line of it.
    """
    sys.path.insert(0, str(folder))
    try:
        graph = grimp.build_graph(package, cache_dir=None)
    finally:
        sys.path.remove(str(folder))
    return {module: sorted(graph.find_modules_directly_imported_by(module)) for module in sorted(graph.modules)}


@pytest.fixture(scope="module")
def imports() -> dict[str, list[str]]:
    return imports_in(ROOT, "geocasualty")


def circles_of(imports: dict[str, list[str]]) -> list[list[str]]:
    """The sets of modules in which each imports, by way of others, all others."""
    names = list(imports)
    rows, columns = zip(
        *[(names.index(one), names.index(other)) for one in names for other in imports[one]], strict=True
    )
    arrows = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(names), len(names)))
    count, which = connected_components(arrows, directed=True, connection="strong")
    sets = [[names[n] for n in np.flatnonzero(which == number)] for number in range(count)]
    return sorted(each for each in sets if len(each) > 1)


def test_a_circle_is_found_however_long():
    assert circles_of({"a": ["b"], "b": ["c"], "c": ["a", "d"], "d": [], "e": ["f"], "f": ["e"]}) == [
        ["a", "b", "c"],
        ["e", "f"],
    ]


def test_imports_are_seen_in_functions_and_for_type_checkers(tmp_path):
    package = tmp_path / "made_up"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "later.py").write_text("def run():\n    from made_up import typed\n    return typed\n")
    (package / "typed.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from made_up.later import run\n"
    )
    assert circles_of(imports_in(tmp_path, "made_up")) == [["made_up.later", "made_up.typed"]]


def test_every_file_is_looked_at(imports):
    assert set(imports) == set(modules())


def test_no_modules_import_each_other_in_a_circle(imports):
    assert circles_of(imports) == []


def test_package_is_no_longer_than_its_budget():
    files = [path for path in modules().values() if is_counted(path)]
    assert sum(lines(path) for path in modules().values()) <= LINES
    assert len(files) <= FILES


def test_no_file_is_longer_than_anybody_reads():
    assert [path.name for path in modules().values() if lines(path) > FILE_LINES] == []


def test_hardly_a_file_is_a_paragraph_of_its_only_reader(imports):
    """A short file that one other alone imports belongs in that one; the face of a package (its __init__) is a file."""
    readers = {module: [one for one in imports if module in imports[one]] for module in imports}
    paragraphs = [
        module
        for module, path in modules().items()
        if len(readers[module]) == 1
        and lines(path) < PARAGRAPH_LINES
        and path.name != "__init__.py"
        and is_counted(path)
    ]
    assert len(paragraphs) <= PARAGRAPHS, paragraphs
