"""How Sphinx builds these pages: `make docs`. Nothing is fetched; notebooks and Markdown with cells are executed."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from docutils import nodes

HERE = Path(__file__).resolve().parent
GENERATED = HERE / "generated"
sys.path.insert(0, str(HERE))
os.environ["TQDM_DISABLE"] = "1"  # neither progress bars nor a word on their looks in the outputs of cells
os.environ["PYTHONWARNINGS"] = "ignore:IProgress not found"

from codebook import write_codebooks  # noqa: E402
from command_line import write_commands  # noqa: E402
from gallery_maps import write_maps  # noqa: E402

project = "geocasualty"
author = "The geocasualty developers"
copyright = author  # noqa: A001 - Sphinx' name for it; no year, so that equal sources give equal pages
language = "en"

extensions = ["sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc", "myst_nb"]
templates_path = ["templates"]
exclude_patterns = ["_build", "generated/codebooks", "generated/command-line", "generated/extra", "generated/static"]
nitpicky = True
nitpick_ignore_regex = [
    ("py:.*", r"(pandas|geopandas|numpy|shapely|folium|matplotlib|pathlib)\b.*"),
    # modules, and constants in them, that a docstring names for their source
    ("py:.*", r"geocasualty\.(_dates|datasets|gazetteer|geodesy|maps|matching|records|reporting|tallies|times)\b.*"),
]
autodoc_typehints = "none"
autosummary_generate = True
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True
nb_output_stderr = "remove-warn"

html_theme = "pydata_sphinx_theme"
html_title = "geocasualty"
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["static", "generated/static"]
html_css_files = ["pages.css"]
html_extra_path = ["generated/extra"]
html_theme_options = {
    "navigation_with_keys": False,
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "navbar_align": "left",
    "header_links_before_dropdown": 8,
}
html_context = {"default_mode": "light"}
html_sidebars = {page: [] for page in ("index", "tutorial", "gallery", "project")}


def generate(*_: Any) -> None:
    """Write what pages are made of besides their text: copies of the notebooks, codebooks, interactive maps."""
    shutil.rmtree(GENERATED, ignore_errors=True)
    (GENERATED / "notebooks").mkdir(parents=True)
    for notebook in sorted((HERE.parent / "notebooks").glob("*.ipynb")):
        shutil.copy(notebook, GENERATED / "notebooks")
    write_codebooks(GENERATED / "codebooks")
    write_commands(GENERATED / "command-line")
    write_maps(GENERATED / "extra" / "maps")
    shutil.copytree(HERE / "pictures", GENERATED / "static" / "pictures")


def skip(_app: Any, _what: str, name: str, thing: Any, *_: Any) -> bool | None:
    """Fields of named tuples and settings of folium say nothing that the class does not say."""
    text = getattr(thing, "__doc__", None) or ""
    return True if text.startswith("Alias for field") or name in {"default_css", "default_js"} else None


def colour(_app: Any, doctree: Any) -> None:
    """Indented examples are Python sessions, as the tests that run them take them."""
    for block in doctree.findall(nodes.literal_block):
        if block.get("language") == "none" and block.astext().startswith(">>>"):
            block["language"] = "pycon"


def setup(app: Any) -> None:
    """Before Sphinx looks for pages, when it lists members, and when it has read a page."""
    app.connect("doctree-read", colour)
    app.connect("config-inited", generate)
    app.connect("autodoc-skip-member", skip)
