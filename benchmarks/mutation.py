"""Which changes of a rule of ``matching/`` does no test see?

    python -m benchmarks.mutation [--sample N] [--seed S]

In a copy of the project one operator or constant is changed at a time: a comparison takes its neighbour (``<`` for
``<=``), a whole number its successor, ``and`` becomes ``or``, ``min`` becomes ``max``, ``not`` falls. The quick tests
of the rules run on each; a change that they pass survives, and is judged by hand: the same in effect, or a test lacks.
"""

from __future__ import annotations

import argparse
import ast
import copy
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
RULES = ("_limits.py", "absence.py", "assessed.py", "_screen.py", "official.py", "_sides.py")
TESTS = ("test_absence.py", "test_days.py", "test_pairs.py")
OTHER = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}  # fmt: skip
NAMES = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "any": "all", "all": "any"}


def changed(node: ast.AST) -> ast.AST | None:
    """A node with its operator or constant changed; None where there is nothing to change."""
    made = copy.deepcopy(node)
    if isinstance(made, ast.Compare) and type(made.ops[0]) in OTHER:
        made.ops[0] = OTHER[type(made.ops[0])]()
    elif isinstance(made, ast.BoolOp | ast.BinOp) and type(made.op) in OTHER:
        made.op = OTHER[type(made.op)]()
    elif isinstance(made, ast.UnaryOp) and isinstance(made.op, ast.Not | ast.Invert):
        return made.operand
    elif isinstance(made, ast.Constant) and type(made.value) is int:
        made.value += 1
    elif isinstance(made, ast.Name) and made.id in NAMES:
        made.id = NAMES[made.id]
    elif isinstance(made, ast.Attribute) and made.attr in NAMES:
        made.attr = NAMES[made.attr]
    else:
        return None
    return made


def mutants(text: str) -> Iterator[tuple[int, str, str, str]]:
    """Line, what stood there, what stands there now, and the text so changed; annotations are no rules."""
    tree = ast.parse(text)
    lines = text.encode().splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]
    typed = {
        id(part) for node in ast.walk(tree) for name in ("annotation", "returns") if getattr(node, name, None)
        for part in ast.walk(getattr(node, name))
    }  # fmt: skip
    for node in ast.walk(tree):
        made = None if id(node) in typed or not isinstance(node, ast.expr) else changed(node)
        if made is not None and node.end_lineno is not None and node.end_col_offset is not None:
            first, last = starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset
            whole, now = text.encode(), f"({ast.unparse(made)})"
            yield node.lineno, ast.unparse(node), now[1:-1], (whole[:first] + now.encode() + whole[last:]).decode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    matching = Path("geocasualty") / "matching"
    every = [(name, *each) for name in RULES for each in mutants((ROOT / matching / name).read_text("utf-8"))]
    some = every if chosen.sample is None else random.Random(chosen.seed).sample(every, chosen.sample)
    survived = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in ("geocasualty", "tests"):
            shutil.copytree(ROOT / name, Path(folder) / name, ignore=shutil.ignore_patterns("__pycache__"))
        (Path(folder) / "data").symlink_to(ROOT / "data")
        shutil.copy(ROOT / "pyproject.toml", folder)
        command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider"]
        command += [str(Path("tests") / "matching" / name) for name in TESTS]

        def passes() -> bool:
            env = {"PYTHONPATH": folder, "PATH": ""}
            return subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False).returncode == 0

        if not passes():
            raise SystemExit("the tests fail before anything is changed")
        for name, line, was, now, text in some:
            path = Path(folder) / matching / name
            before = path.read_text("utf-8")
            path.write_text(text, "utf-8")
            survives = passes()
            path.write_text(before, "utf-8")
            if survives:
                survived += 1
                print(f"{name}:{line}: {was} -> {now}", flush=True)
    print(f"{survived} of {len(some)} survive, of {len(every)} possible (seed {chosen.seed})")


if __name__ == "__main__":
    main()
