"""The interactive maps of the gallery: both maps of the casebook, as the demo writes them."""

from __future__ import annotations

from pathlib import Path

import geocasualty as gcas


def write_maps(folder: Path) -> None:
    """Write ``province.html`` and ``hawijah.html``."""
    folder.mkdir(parents=True)
    book = gcas.load_casebook()
    gcas.save_html(gcas.province_map(book.incidents, book.strikes), folder / "province.html")
    town = gcas.town_map("Hawijah", book.incidents, book.strikes, within_km=10, within_days=0)
    gcas.save_html(town, folder / "hawijah.html")
