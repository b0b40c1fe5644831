"""Every notebook runs from top to bottom on bundled data and says what is stored in it; so do pages with cells."""

import importlib.util
import json
import re
from importlib.metadata import version

import nbformat
import pytest
from myst_nb.core.read import read_myst_markdown_notebook

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = sorted(path for path in (ROOT / "docs").rglob("*.md") if "{code-cell}" in path.read_text(encoding="utf-8"))

SAID = {
    "03_a_month_of_releases": (
        r"cannot-exclude\s+36",
        r"by chance\s+0\s+16",
        r"of a strike\s+0\s+20",
        r"by chance\s+3\s+0\s+0",
        r"of a strike\s+20\s+0\s+0",
    ),
    "02_messy_names": (r"resolved\s+14\s+ambiguous\s+2\s+unresolved\s+2\s+area-only\s+1", r"19 incidents, 2 without"),
}
"""What the outputs must hold, since the text between them says so."""

found = importlib.util.spec_from_file_location("run", ROOT / "notebooks" / "run.py")
run = importlib.util.module_from_spec(found)
found.loader.exec_module(run)


def test_there_are_notebooks():
    assert NOTEBOOKS
    assert PAGES


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", [*NOTEBOOKS, *PAGES], ids=lambda path: path.stem)
def test_a_notebook_runs_and_says_what_is_stored(path, tmp_path):
    if path in PAGES:
        notebook = read_myst_markdown_notebook(path.read_text(encoding="utf-8"))
    else:
        notebook = nbformat.read(path, as_version=4)
    before = run.said(notebook)
    made_with = notebook.metadata.get("run_with", {}).get("pandas", "")
    run.executed(notebook, tmp_path)
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in shown if output.output_type == "error"]
    assert any({"text/html", "image/png"} & set(output.get("data", {})) for output in shown), "no map, table or plot"
    now = run.said(run.stored(notebook))
    assert all(re.search(words, "\n".join(text for cell in now for text in cell)) for words in SAID.get(path.stem, ()))
    if path in NOTEBOOKS:
        assert [len(cell) for cell in before] == [len(cell) for cell in now], "run `make notebooks` and commit"
        if made_with.split(".")[:2] == version("pandas").split(".")[:2]:  # others lay tables out otherwise
            assert before == now, "run `make notebooks` and commit"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_stored_is_small_and_tells_nothing_of_the_run(path):
    text = path.read_text(encoding="utf-8")
    assert len(text) < 400_000
    assert not re.search(r"/tmp/|0x[0-9a-f]{8}|iopub|shell\.execute", text)
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
