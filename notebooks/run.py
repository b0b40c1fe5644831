"""Runs the notebooks beside this file and stores their outputs: `make notebooks`.

What is stored depends on the notebooks, the package and the versions of pandas and matplotlib, and on nothing else:
no times, no counters of other runs, no names of temporary folders. Pages of maps are left out: they are large, and
no viewer of stored notebooks shows them; each says so, and is there once its cell is run.
"""

from __future__ import annotations

import base64
import io
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from PIL import Image

HERE = Path(__file__).resolve().parent

LARGEST = 100_000
"""Characters of HTML that are stored of one output; tables have a tenth of it, maps several times as many."""

LEFT_OUT = "(a map: run this cell to see it)"


def executed(notebook: Any, folder: Path) -> Any:
    """Run a notebook in a folder, in place; nothing of the run itself is kept."""
    os.environ["TQDM_DISABLE"] = "1"  # a progress bar is of the machine that runs it
    options = {"timeout": 120, "record_timing": False, "coalesce_streams": True}
    NotebookClient(notebook, **options, resources={"metadata": {"path": str(folder)}}).execute()
    for cell in notebook.cells:
        if "outputs" in cell:
            cell["outputs"] = [output for output in cell["outputs"] if output.get("name") != "stderr"]
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "run_with": {name: version(name) for name in ("matplotlib", "pandas")},
    }
    return notebook


def stored(notebook: Any) -> Any:
    """Leave out pages of maps from the outputs, and give pictures 128 colours, a quarter of their bytes; in place."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if len(data.get("text/html", "")) > LARGEST:
                data.pop("text/html")
                data["text/plain"] = LEFT_OUT
            if "image/png" in data:
                picture, small = Image.open(io.BytesIO(base64.b64decode(data["image/png"]))), io.BytesIO()
                picture.convert("RGB").quantize(128).save(small, format="png", optimize=True)
                data["image/png"] = base64.b64encode(small.getvalue()).decode()
    return notebook


def said(notebook: Any) -> list[list[str]]:
    """What each cell printed or showed, as text."""
    return [
        ["".join(output.get("text") or output.get("data", {}).get("text/plain", "")) for output in cell["outputs"]]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def main() -> None:
    """Run and store all notebooks, or those named."""
    chosen = [Path(name).resolve() for name in sys.argv[1:]] or sorted(HERE.glob("*.ipynb"))
    for path in chosen:
        with tempfile.TemporaryDirectory() as folder:
            notebook = stored(executed(nbformat.read(path, as_version=4), Path(folder)))
        path.write_text(nbformat.writes(notebook, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
