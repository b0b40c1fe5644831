"""Take the pictures of the README and of the page side-by-side: real pages in a real browser.

Run ``make pictures``; it writes ``docs/pictures/*.png`` and, one for each row of the table in
``docs/explanation/side-by-side.md`` that these pages answer, ``docs/pictures/rows/*.png``. All of it is drawn of the
bundled casebook and of made-up records.
"""

from __future__ import annotations

import contextlib
import html
import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from PIL import Image
from playwright.sync_api import sync_playwright

import geocasualty as gcas
from geocasualty.cli import main

HERE = Path(__file__).resolve().parent
LIMITS: dict[str, Any] = {"within_km": 10, "within_days": 0}
WIDE = 600
"""Most columns of pixels of the picture of a row: all of them together stay below 1.5 MB."""


def take(browser_path: str) -> None:
    """Write the demo's maps to a temporary folder and picture each at 1280 x 800; then the rows."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        said(["demo", "--output", folder])
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        for page_path in sorted(Path(folder).glob("*.html")):
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(page_path.as_uri())
            page.wait_for_timeout(1500)
            page.screenshot(path=HERE / "pictures" / f"{page_path.stem}.png")
        (HERE / "pictures" / "rows").mkdir(exist_ok=True)
        Rows(browser, Path(folder)).all()
        browser.close()


def said(words: list[str]) -> str:
    """Run a command and return what it printed; the command line ends by raising SystemExit."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            main(words)
    except SystemExit as end:
        if end.code:
            raise
    return printed.getvalue()


def made_up(role: str, points: Any, **columns: Any) -> gpd.GeoDataFrame:
    """Records of one day each, at these points."""
    n = len(points)
    start = pd.Timestamp("2015-06-02 21:00", tz="UTC") + pd.to_timedelta(np.arange(n) % 150, unit="D")
    data = {
        f"{role}_id": [f"{role}-{k}" for k in range(n)], "radius_m": 500.0, "precision": "exact", "vicinity": False,
        "place_text": "Made-up place", "place_id": None, "country": "IQ", "start": start,
        "end": start + pd.Timedelta(days=1), "timezone": "Asia/Baghdad", "belligerents": "Coalition",
        "dataset": "made-up", "row": range(n), "sources": "",
    }  # fmt: skip
    if role == "incident":
        data |= dict.fromkeys(("injured_min", "injured_max", "children_min", "children_max"), np.nan)
        data |= {"killed_min": 1.0, "killed_max": 3.0, "grading": "fair"}
    else:
        data |= {"n_strikes": 2.0, "n_rows": 1.0, "event_group": "g"}
    return gpd.GeoDataFrame(data | columns, geometry=list(points), crs="EPSG:4326")


class Rows:
    """One picture for each row."""

    def __init__(self, browser: Any, folder: Path) -> None:
        self._browser, self._folder = browser, folder
        self._book = gcas.load_casebook()
        self._result = gcas.assess(self._book.incidents, self._book.strikes, **LIMITS)
        self._pages: dict[str, Path] = {}

    def all(self) -> None:
        """Take them, in the order of the table."""
        here = shapely.Point(43.77, 35.32)
        many = made_up("incident", [here] * 150)
        town = gcas.town_map("Hawijah", many, made_up("strike", [shapely.Point(43.8, 35.3)]), **LIMITS)
        hawijah = self._result.town_map("Hawijah")
        province = self._result.map(measure="strikes")
        stack = ".gc-icon[aria-label*='150 incidents']"
        self.page("same-point", town, around=stack)
        self.page("list-of-point", town, clip=".leaflet-popup", before=lambda page: self.click(page, stack))
        self.page("how-far-off", hawijah, clip=".leaflet-container", size=(980, 560))
        self.page("no-place", province, clip=".gc-section:has(.gc-notes)")
        self.page("dates", province, clip=".gc-time")
        self.page("filters", province, clip=".gc-filters", before=lambda page: self.open(page, ".gc-filters"))
        self.page("linked-view", province, view="from=2015-06&to=2015-06", size=(1100, 640))
        self.page("no-network", hawijah, offline=True)
        self.page("on-paper", hawijah, paper=True, size=(794, 1123))
        self.figure("figure", gcas.plot_town("Hawijah", self._book.incidents, self._book.strikes, **LIMITS))
        self.page("keyboard", hawijah, before=self.by_keyboard, size=(980, 560), clip=".leaflet-container")
        self.page("no-scripts", hawijah, java_script_enabled=False, size=(900, 560))
        arabic = gcas.town_map("Hawijah", self._book.incidents, self._book.strikes, language="ar", **LIMITS)
        self.page("arabic", arabic, size=(1100, 640))
        report = self._folder / "report.html"
        gcas.report(self._book.incidents, self._book.strikes, path=report, **LIMITS)
        self.page("sources", hawijah, clip=".leaflet-popup", before=self.sources)
        files = [
            f"-o {self._folder / 'incidents'}.{ending}" for ending in ("csv", "xlsx", "geojson", "gpkg", "parquet")
        ]
        self.words(
            "take-away", [f"export {Path(gcas.__file__).parent}/datasets/incidents.csv --quiet {o}" for o in files]
        )
        pairs = gcas.town_map("Hawijah", self._book.incidents, self._book.strikes, within_km=10, within_days=1)
        self.page("strikes-beside", pairs, clip=".leaflet-container", size=(980, 560))
        self.page("how-judged", report, clip="#i3 .pairs", size=(1000, 900))
        dense = self.dense()
        self.page("chance", dense, clip="#i1", size=(1000, 900))
        self.page("official", report, clip="#i3 .statement", size=(1000, 900))
        ground = gpd.GeoDataFrame(
            {"holder": ["A", "B"], "from": ["2015-01-01"] * 2, "to": ["2016-01-01"] * 2},
            geometry=[shapely.box(43.5, 35.1, 43.8, 35.6), shapely.box(43.8, 35.1, 44.1, 35.6)], crs="EPSG:4326",
        )  # fmt: skip
        held = gcas.town_map("Hawijah", self._book.incidents, self._book.strikes, control=ground, **LIMITS)
        self.page("held", held, size=(1100, 640))
        seed = {"blur_km": 5, "blur_seed": "a made-up secret"}
        self.page("held-back", gcas.town_map("Hawijah", self._book.incidents, self._book.strikes, **LIMITS, **seed),
                  clip=".leaflet-container", size=(980, 560))  # fmt: skip
        rng = np.random.default_rng(1)
        points = [shapely.points(rng.normal((43, 35.5), (1.6, 0.9), (n, 2))) for n in (10_000, 50_000)]
        self.page(
            "many", gcas.province_map(made_up("incident", points[0]), made_up("strike", points[1])), size=(1100, 640)
        )
        self.page("any-frame", gcas.explore(self._book.strikes, "precision"), size=(1100, 640))

    def dense(self) -> Path:
        """A report of claims amid strikes on every fourth day, which its records say are all."""
        days = pd.date_range("2015-04-01 21:00", "2015-08-01 21:00", freq="4D", tz="UTC")
        when = {"start": days, "end": days + pd.Timedelta(days=1)}
        covers = {
            "covers_belligerents": "Coalition",
            "covers_countries": "IQ",
            "covers_complete": True,
            "covers_rows": len(days),
        }
        covers |= {"covers_start": days[0], "covers_end": days[-1] + pd.Timedelta(days=1), "covers_kinds": "air"}
        strikes = made_up("strike", [shapely.Point(43.8, 35.3)] * len(days), **when, **covers)
        return gcas.report(
            made_up("incident", [shapely.Point(43.77, 35.32)]), strikes, path=self._folder / "dense.html", **LIMITS
        )

    def page(
        self, name: str, what: Any, *, clip: str = "", around: str = "", size: tuple[int, int] = (1100, 700),
        before: Callable[[Any], None] | None = None, view: str = "", paper: bool = False, offline: bool = False,
        **context: Any,
    ) -> None:  # fmt: skip
        """Picture a map or a report, or the part of it that a selector names."""
        path = what if isinstance(what, Path) else self._saved(what)
        opened = self._browser.new_context(viewport={"width": size[0], "height": size[1]}, **context)
        opened.set_offline(offline)
        page = opened.new_page()
        page.goto(path.as_uri() + (f"#{view}" if view else ""))
        page.wait_for_timeout(1500)
        page.evaluate(
            "document.querySelectorAll('.card').forEach((card) => { card.style.contentVisibility = 'visible'; })"
        )
        if before is not None:
            before(page)
            page.wait_for_timeout(400)
        if paper:
            page.emulate_media(media="print")
            page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
            page.wait_for_timeout(400)
        if around:
            box = page.locator(around).first.bounding_box()
            x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
            data = page.screenshot(clip={"x": max(x - 240, 0), "y": max(y - 130, 0), "width": 480, "height": 260})
        elif clip:
            data = page.locator(clip).first.screenshot()
        else:
            data = page.screenshot()
        opened.close()
        self._keep(name, data)

    def figure(self, name: str, ax: Any) -> None:
        """Keep a figure of matplotlib."""
        stream = io.BytesIO()
        ax.figure.savefig(stream, format="png", dpi=100)
        self._keep(name, stream.getvalue())

    def words(self, name: str, calls: list[str]) -> None:
        """Picture commands with what they print, without the folders of this run."""
        lines = []
        for call in calls:
            short = " ".join(word.rpartition("/")[2] for word in call.replace(" --quiet", "").split())
            lines += [f"$ geocasualty {short}", said(call.split()).replace(f"{self._folder}/", "").strip()]
        page = self._folder / f"{name}.html"
        text = html.escape("\n".join(lines))
        page.write_text(
            f'<meta charset="utf-8"><pre style="font:15px monospace;display:inline-block;padding:9px">{text}</pre>',
            "utf-8",
        )
        self.page(name, page, clip="pre")

    @staticmethod
    def click(page: Any, selector: str) -> None:
        """Open what a marker or an entry of a list stands for."""
        if ".gc-list" in selector:
            Rows.open(page, ".gc-section:has(.gc-list)")
        page.locator(selector).first.click()
        page.wait_for_timeout(800)

    @staticmethod
    def open(page: Any, selector: str) -> None:
        """Unfold a section."""
        page.locator(selector).first.evaluate("box => { box.open = true; }")

    @staticmethod
    def sources(page: Any) -> None:
        """Open a record, down to its sources."""
        Rows.click(page, ".gc-list .gc-entry")
        page.locator(".leaflet-popup-content").evaluate("card => { card.scrollTop = card.scrollHeight; }")

    @staticmethod
    def by_keyboard(page: Any) -> None:
        """Go to a marker and open it without a mouse."""
        page.locator(".gc-icon[tabindex='0']").first.focus()
        page.keyboard.press("Enter")

    def _saved(self, map_: Any) -> Path:
        path = self._folder / f"{id(map_)}.html"
        if not path.exists():
            gcas.save_html(map_, path)
        return path

    def _keep(self, name: str, data: bytes) -> None:
        picture = Image.open(io.BytesIO(data)).convert("RGB")
        if picture.width > WIDE:
            picture = picture.resize((WIDE, round(picture.height * WIDE / picture.width)), Image.Resampling.LANCZOS)
        picture = picture.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        picture.save(HERE / "pictures" / "rows" / f"{name}.png", optimize=True)


if __name__ == "__main__":
    take(sys.argv[1])
