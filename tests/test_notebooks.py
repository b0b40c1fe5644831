"""Every notebook runs from top to bottom on bundled data, and is committed without output; so do pages with cells."""

import nbformat
import pytest
from myst_nb.core.read import read_myst_markdown_notebook
from nbclient import NotebookClient

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGES = sorted(path for path in (ROOT / "docs").rglob("*.md") if "{code-cell}" in path.read_text(encoding="utf-8"))


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
