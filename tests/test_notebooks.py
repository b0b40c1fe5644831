"""Every notebook runs from top to bottom on bundled data, and is committed without output; so do pages with cells."""

import re

import nbformat
import pytest
from myst_nb.core.read import read_myst_markdown_notebook
from nbclient import NotebookClient

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = sorted(path for path in (ROOT / "docs").rglob("*.md") if "{code-cell}" in path.read_text(encoding="utf-8"))

SAID = {
    "03_a_month_of_releases": (
        r"cannot-exclude\s+36",
        r"by chance\s+0\s+16",
        r"of a strike\s+0\s+20",
        r"by chance\s+3\s+0\s+17",
        r"of a strike\s+20\s+0",
    ),
    "02_messy_names": (r"resolved\s+12\s+unresolved\s+4\s+ambiguous\s+2\s+area-only\s+1", r"19 incidents, 2 without"),
}
"""What the outputs must hold, since the text between them says so."""


def test_there_are_notebooks():
    assert NOTEBOOKS
    assert PAGES


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", [*NOTEBOOKS, *PAGES], ids=lambda path: path.stem)
def test_a_notebook_runs(path, tmp_path):
    if path in PAGES:
        notebook = read_myst_markdown_notebook(path.read_text(encoding="utf-8"))
    else:
        notebook = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "clear the outputs before you commit"
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in shown if output.output_type == "error"]
    assert any({"text/html", "image/png"} & set(output.get("data", {})) for output in shown), "no map, table or plot"
    printed = "\n".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in shown)
    assert all(re.search(words, printed) for words in SAID.get(path.stem, ()))
