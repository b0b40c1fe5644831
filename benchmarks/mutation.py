"""Which changes of a rule does no quick test see?

    python -m benchmarks.mutation [--sample N] [--seed S] [--only FILE] [--minutes M]

One operator or constant is changed at a time: a comparison takes its neighbour (``<`` for ``<=``), a sum becomes a
difference, a number its successor or nine tenths of it, ``and`` becomes ``or``, ``min`` becomes ``max``, ``not`` falls,
true becomes false, a set loses a member. The quick tests of the rules run on each, in a process that is forked from one
that has imported all that does not depend on a rule; no file is written. A change that they pass survives, and is
judged by hand: the same in effect, or a test lacks. What hypothesis draws and what reads the real records is left out.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.machinery
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "geocasualty"
QUICK = ("matching/test_rules.py", "matching/test_absence.py")
TESTS = {
    "matching/_limits.py": QUICK, "matching/absence.py": QUICK, "matching/_covered.py": QUICK,
    "matching/assessed.py": QUICK, "matching/_review.py": QUICK, "records/_flags.py": QUICK,
    "matching/_sides.py": (*QUICK, "matching/test_days.py"), "matching/official.py": ("matching/test_official.py",),
    "records/_coverage.py": ("records/test_coverage.py", "matching/test_rules.py"),
}  # fmt: skip
"""The files of rules, and the tests that each is tried by."""
SECONDS = 120
"""A change that makes the tests run longer is seen."""
OTHER = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd, ast.Add: ast.Sub, ast.Sub: ast.Add,
}  # fmt: skip
NAMES = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "any": "all", "all": "any"}
FORMAL = frozenset({"strict", "frozen", "eq", "slots", "stacklevel", "dtype"})
"""Keywords whose value is no rule."""


def changed(node: ast.AST) -> Iterator[ast.AST]:
    """A node with its operator or constant changed, or with one member less."""
    made: Any = copy.deepcopy(node)
    if isinstance(made, ast.Compare) and type(made.ops[0]) in OTHER:
        made.ops[0] = OTHER[type(made.ops[0])]()
    elif isinstance(made, ast.BoolOp | ast.BinOp) and type(made.op) in OTHER:
        made.op = OTHER[type(made.op)]()
    elif isinstance(made, ast.UnaryOp) and isinstance(made.op, ast.Not | ast.Invert):
        made = made.operand
    elif isinstance(made, ast.Constant) and type(made.value) in (bool, int, float):
        whole = type(made.value) is int
        made.value = not made.value if type(made.value) is bool else made.value + 1 if whole else made.value * 0.9
    elif isinstance(made, ast.Name) and made.id in NAMES:
        made.id = NAMES[made.id]
    elif isinstance(made, ast.Attribute) and made.attr in NAMES:
        made.attr = NAMES[made.attr]
    elif isinstance(made, ast.Set):
        for at in range(len(made.elts)):
            one: Any = copy.deepcopy(node)
            del one.elts[at]
            yield one if one.elts else ast.parse("set()", mode="eval").body
        return
    else:
        return
    yield made


def mutants(text: str) -> Iterator[tuple[int, str, str, str]]:
    """Line, what stood there, what stands there now, and the text so changed; annotations are no rules."""
    tree = ast.parse(text)
    lines = text.encode().splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]
    formal = {
        id(part) for node in ast.walk(tree) for name in ("annotation", "returns") if getattr(node, name, None)
        for part in ast.walk(getattr(node, name))
    }  # fmt: skip
    formal |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg in FORMAL}
    for node in ast.walk(tree):
        if id(node) in formal or not isinstance(node, ast.expr) or node.end_lineno is None:
            continue
        first, last = (
            starts[node.lineno - 1] + node.col_offset,
            starts[node.end_lineno - 1] + (node.end_col_offset or 0),
        )
        for made in changed(node):
            whole, now = text.encode(), f"({ast.unparse(made)})"
            yield node.lineno, ast.unparse(node), now[1:-1], (whole[:first] + now.encode() + whole[last:]).decode()


class Plain:
    """Leaves out what hypothesis draws and what reads the real records."""

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Keep the others."""
        items[:] = [
            each for each in items
            if not hasattr(each.obj, "hypothesis") and not each.get_closest_marker("real_data")
        ]  # fmt: skip


def passes(tests: tuple[str, ...], path: Path | None, text: str) -> bool:
    """Whether the tests pass, in a process of their own, with a text in place of that of a file."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == 0
    signal.alarm(SECONDS)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    as_it_stands = importlib.machinery.SourceFileLoader.get_code

    def get_code(loader: Any, name: str) -> Any:
        return compile(text, str(path), "exec", dont_inherit=True) if loader.path == str(path) else as_it_stands(
            loader, name
        )  # fmt: skip

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[assignment,method-assign]
    options = ["-q", "-x", "-n0", "-p", "no:cacheprovider", "--assert=plain", f"--rootdir={ROOT}"]
    os._exit(int(pytest.main([*options, *(str(ROOT / "tests" / name) for name in tests)], plugins=[Plain()])))


def prepared() -> None:
    """Import what does not depend on a rule; a rule that were imported already would be tested unchanged."""
    import geopandas  # noqa: F401
    import hypothesis  # noqa: F401
    import scipy.spatial
    import scipy.special  # noqa: F401

    from geocasualty.gazetteer import load_gazetteer

    load_gazetteer().resolve("Hawijah")
    names = {"geocasualty." + name.removesuffix(".py").replace("/", ".") for name in TESTS}
    if found := sorted(names & sys.modules.keys()):
        raise SystemExit(f"imported before it is changed: {', '.join(found)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="of one file, such as matching/absence.py")
    parser.add_argument("--minutes", type=float, help="after which no other change is tried", default=float("inf"))
    chosen = parser.parse_args()
    names = [name for name in TESTS if chosen.only in (None, name)]
    every = [(name, *each) for name in names for each in mutants((PACKAGE / name).read_text("utf-8"))]
    count = len(every) if chosen.sample is None else min(chosen.sample, len(every))
    prepared()
    started = time.perf_counter()
    if not passes(tuple({each: None for name in names for each in TESTS[name]}), None, ""):
        raise SystemExit("the tests fail before anything is changed")
    print(f"nothing changed, all tests: {time.perf_counter() - started:.1f} s", flush=True)
    started = time.perf_counter()
    made: Counter[str] = Counter()
    survived: Counter[str] = Counter()
    for name, line, was, now, text in random.Random(chosen.seed).sample(every, count):
        if time.perf_counter() - started > 60 * chosen.minutes:
            break
        made[name] += 1
        if passes(TESTS[name], PACKAGE / name, text):
            survived[name] += 1
            print(f"{name}:{line}: {was} -> {now}", flush=True)
    each = (time.perf_counter() - started) / (max(1, made.total()))
    print(f"{survived.total()} of {made.total()} survive, of {len(every)} (seed {chosen.seed}); {each:.1f} s each")
    for name in names:
        print(f"  {name}: {survived[name]} of {made[name]}")


if __name__ == "__main__":
    main()
