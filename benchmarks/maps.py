"""How large, how fast and how safe are the maps, beside plain folium on the same data?

    python -m benchmarks.maps [--rounds 3] [--modules FOLDER] [--only ours folium hostile]

10,000 made incidents and 50,000 made strikes, seeded: two thirds of them at settlements of the bundled gazetteer, as
lists name them, the rest at points of their own; a title, an address and a local day each. ``province_map`` shows them
over both countries. ``town_map`` shows a tenth as many, all within Nineveh, with their pairs within 5 km and the same
day and the finding of each incident, which is most of its time.

Times are medians of rounds, the contenders by turns. A page is opened from a file in headless Chromium with an empty
profile. "Interactive" is the time from the start of navigation to the first frame after the page's ``load`` event,
that is, after its scripts have drawn; "main thread" is the processor time of the page's main thread until then, which
other work on the machine changes less. A step of the slider is from setting it to the first task after the frame that
it causes: handling, layout, paint and commit, without the raster on other threads.

Folium's pages ask 4 hosts for scripts and styles. Here a route handler answers at once from FOLDER, made with
``npm install --prefix FOLDER leaflet@1.9.3 jquery@3.7.1 bootstrap@5.2.2 leaflet.markercluster@1.1.0
leaflet.awesome-markers@2.0.5 @fortawesome/fontawesome-free@6.2.0``, which favours folium: no network is waited for.
What is not there (tiles, fonts, two style sheets) is answered with nothing. Folium's popups hold the id, the place,
the date and the source of each record, escaped by hand, which folium does not do.
"""

from __future__ import annotations

import argparse
import html
import os
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from folium.plugins import FastMarkerCluster, MarkerCluster
from playwright.sync_api import sync_playwright

import geocasualty as gcas
from geocasualty.taxonomy import SETTLEMENTS
from tests.find_browser import find
from tests.maps.hostile import HOSTILE

INCIDENTS, STRIKES = 10_000, 50_000
LIMITS = {"within_km": 5, "within_days": 0}
HOSTS = {
    "leaflet@1.9.3": "leaflet",
    "jquery-": "jquery",
    "bootstrap@5.2.2": "bootstrap",
    "markercluster": "leaflet.markercluster",
    "awesome-markers": "leaflet.awesome-markers",
    "fontawesome-free": "@fortawesome/fontawesome-free",
}
DRAWN = """addEventListener('load', () => requestAnimationFrame(() => {
    const c = new MessageChannel(); c.port1.onmessage = () => (window.__drawn = performance.now());
    c.port2.postMessage(0); }));"""
STEPS = """async (n) => { const range = document.querySelector('.gc-time input'), out = [], most = Number(range.max);
    for (let k = 1; k <= n; k++) {
        const begun = performance.now();
        range.value = Math.round((k * most) / n) - ((n - k) % 2);
        range.dispatchEvent(new Event('input', { bubbles: true }));
        const handled = performance.now();
        await new Promise((done) => requestAnimationFrame(() => {
            const c = new MessageChannel(); c.port1.onmessage = done; c.port2.postMessage(0); }));
        out.push([handled - begun, performance.now() - begun]);
    }
    return out; }"""


def made(places: pd.DataFrame, role: str, count: int, seed: int) -> gpd.GeoDataFrame:
    """Records at and around listed settlements, some of which have many more than others."""
    rng = np.random.default_rng(seed)
    weight = np.random.default_rng(1).pareto(1.2, len(places)) + 0.1
    at = rng.choice(len(places), count, p=weight / weight.sum())
    own = rng.random(count) < 1 / 3
    lon = np.where(own, (places["lon"].to_numpy()[at] + rng.normal(0, 0.04, count)).round(4), places["lon"].iloc[at])
    lat = np.where(own, (places["lat"].to_numpy()[at] + rng.normal(0, 0.03, count)).round(4), places["lat"].iloc[at])
    day = pd.Timestamp("2014-08-07") + pd.to_timedelta(rng.integers(0, 1_460, count), unit="D")
    start = pd.Series(day).dt.tz_localize("Asia/Baghdad").dt.tz_convert("UTC")
    slug = [f"{stamp:%Y-%m-%d}" for stamp in day]
    killed = rng.poisson(4, count).astype(float)
    columns: dict[str, Any] = {
        f"{role}_id": [f"{'CS' if role == 'incident' else 'rel'}{n:05d}" for n in range(count)],
        "radius_m": np.where(own, 100.0, places["radius_m"].iloc[at].astype(float)),
        "precision": np.where(own, "exact", "town"),
        "vicinity": ~own & (role == "strike"),
        "place_text": places["name"].iloc[at].to_numpy(),
        "place_id": places["place_id"].iloc[at].to_numpy(),
        "country": places["country"].iloc[at].to_numpy(),
        "start": start,
        "end": start + pd.Timedelta(days=1),
        "timezone": "Asia/Baghdad",
        "belligerents": rng.choice(["Coalition", "Coalition;Iraq", "unknown"], count, p=[0.8, 0.15, 0.05]),
    }
    if role == "incident":
        columns["sources"] = [f"Report;https://example.org/incidents/cs{n}-{d}" for n, d in enumerate(slug)]
        columns |= {"dataset": "incidents", "grading": rng.choice(["fair", "weak", "confirmed"], count)}
        columns |= {"killed_min": killed, "killed_max": killed + rng.poisson(2, count)}
    else:
        columns["sources"] = [f"Daily release;https://example.org/releases/{d}" for d in slug]
        columns |= {"dataset": "releases", "n_strikes": rng.integers(1, 6, count).astype(float), "n_rows": 1.0}
    return gpd.GeoDataFrame(columns, geometry=shapely.points(lon, lat), crs="EPSG:4326")


def settlements(gazetteer: Any, admin1: str | None = None) -> pd.DataFrame:
    places = gazetteer.places
    places = places[places["kind"].isin(SETTLEMENTS)]
    return places if admin1 is None else places[places["admin1"] == admin1]


def popup(row: Any) -> str:
    texts = (row[0], row.place_text, f"{row.start:%Y-%m-%d}", row.sources)
    return "<br>".join(html.escape(str(text)) for text in texts)


def plain(frames: list[gpd.GeoDataFrame]) -> Iterator[tuple[float, float, str]]:
    for frame in frames:
        for row, shape in zip(frame.itertuples(index=False), frame.geometry, strict=True):
            yield shape.y, shape.x, popup(row)


def marker_cluster(frames: list[gpd.GeoDataFrame]) -> folium.Map:
    map_ = folium.Map((35, 41), zoom_start=6)
    points = list(plain(frames))
    MarkerCluster([point[:2] for point in points], popups=[point[2] for point in points]).add_to(map_)
    return map_


def fast_marker_cluster(frames: list[gpd.GeoDataFrame]) -> folium.Map:
    map_ = folium.Map((35, 41), zoom_start=6)
    callback = "function (row) { return L.marker(new L.LatLng(row[0], row[1])).bindPopup(row[2]); }"
    FastMarkerCluster(list(plain(frames)), callback=callback).add_to(map_)
    return map_


def geo_json(frames: list[gpd.GeoDataFrame]) -> folium.Map:
    map_ = folium.Map((35, 41), zoom_start=6, prefer_canvas=True)
    columns = ["id", "place_text", "day", "sources", "geometry"]
    whole = pd.concat(
        frame.rename(columns={frame.columns[0]: "id"}).assign(day=frame["start"].dt.strftime("%Y-%m-%d"))[columns]
        for frame in frames
    )
    fields = folium.GeoJsonPopup(columns[:-1])
    folium.GeoJson(whole, marker=folium.CircleMarker(radius=4), popup=fields).add_to(map_)
    return map_


class Browser:
    """Chromium, a fresh profile for each page, folium's hosts answered from a folder."""

    def __init__(self, chromium: Any, modules: Path | None) -> None:
        self.chromium, self.modules = chromium, modules

    @contextmanager
    def page(self, path: Path) -> Iterator[tuple[Any, dict[str, float]]]:
        """The page, drawn, and what that took."""
        context = self.chromium.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        page.set_default_timeout(180_000)
        asked: list[str] = []
        page.on("request", lambda r: asked.append(r.url) if r.url.startswith("http") else None)
        context.route(lambda url: url.startswith("http"), self._answer)
        session = context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.add_init_script(DRAWN)
        page.goto(path.as_uri(), wait_until="load")
        page.wait_for_function("() => window.__drawn")
        metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
        found = {
            "interactive": page.evaluate("window.__drawn") / 1000,
            "thread": metrics["TaskDuration"],
            "requests": float(len(asked)),
            "hosts": float(len({url.split("/")[2] for url in asked})),
        }
        yield page, found
        context.close()

    def _answer(self, route: Any) -> None:
        url = route.request.url
        module = next((name for key, name in HOSTS.items() if key in url), None)
        kind = {"js": "text/javascript", "css": "text/css"}.get(url.rsplit(".", 1)[-1])
        found = None
        if self.modules and module and kind:
            name = re.sub(r"-\d+\.\d+\.\d+", "", url.rsplit("/", 1)[-1])
            found = next((self.modules / "node_modules" / module).rglob(name), None)
        if found:
            route.fulfill(body=found.read_text("utf-8"), content_type=kind)
        else:
            route.fulfill(body="", content_type=kind or "application/octet-stream")


def written(make: Callable[[], folium.Map], path: Path) -> dict[str, float]:
    begun, cpu = time.perf_counter(), time.process_time()
    map_ = make()
    built = time.perf_counter()
    map_.save(str(path))
    end = time.perf_counter()
    times = {"build": built - begun, "save": end - built, "write": end - begun, "cpu": time.process_time() - cpu}
    return times | {"bytes": float(path.stat().st_size)}


def compare(contenders: dict[str, Callable[[], folium.Map]], browser: Browser, rounds: int, folder: Path) -> None:
    found: dict[str, list[dict[str, float]]] = {name: [] for name in contenders}
    for round_ in range(rounds):
        for name, make in contenders.items():
            path = folder / "page.html"
            result = written(make, path)
            with browser.page(path) as (page, opened):
                result |= opened
                if page.locator(".gc-time input").count():
                    steps = np.array(page.evaluate(STEPS, 20))
                    result |= {"handled": np.median(steps[:, 0]), "step": np.median(steps[:, 1])}
                    result["worst"] = steps[:, 1].max()
            found[name].append(result | {"load": os.getloadavg()[0]})
            if round_ == rounds - 1:
                tell(name, found[name])


def tell(name: str, results: list[dict[str, float]]) -> None:
    m = {key: statistics.median(result[key] for result in results) for key in results[0]}
    print(
        f"{name:28} {m['bytes'] / 1e6:6.2f} MB  written {m['write']:6.2f} s (build {m['build']:.2f}, save "
        f"{m['save']:.2f}; processor {m['cpu']:.2f})  interactive {m['interactive']:6.2f} s (main thread "
        f"{m['thread']:.2f})  {m['requests']:3.0f} requests to {m['hosts']:.0f} hosts  load {m['load']:.1f}",
        flush=True,
    )
    if "step" in m:
        print(
            f"{'':28} slider: median {m['step']:.0f} ms (handling {m['handled']:.0f}), worst of 20 {m['worst']:.0f} ms",
            flush=True,
        )


def casebook(browser: Browser, folder: Path) -> None:
    book = gcas.load_casebook()
    maps = {
        f"town_map {place!r}": gcas.town_map(place, book.incidents, book.strikes, within_km=10, within_days=0)
        for place in [
            "Hawijah",
            *book.incidents["incident_id"][~book.incidents.is_empty & book.incidents.geometry.notna()],
        ]
    }
    maps["province_map"] = gcas.province_map(book.incidents, book.strikes)
    for name, map_ in maps.items():
        path = gcas.save_html(map_, folder / "case.html")
        with browser.page(path) as (_, found):
            print(
                f"casebook {name:36} {path.stat().st_size:8,} bytes  interactive {found['interactive']:.2f} s (main "
                f"thread {found['thread']:.2f})  {found['requests']:.0f} requests  load {os.getloadavg()[0]:.1f}"
            )


def hostile(browser: Browser, folder: Path) -> None:
    """Each string as tooltip and popup of one marker, in a page of its own."""
    ran, altered, broken = 0, 0, 0
    for text in HOSTILE:
        path = folder / "hostile.html"
        map_ = folium.Map((35, 43), zoom_start=8, tiles=None)
        folium.Marker((35, 43), popup=text, tooltip=text).add_to(map_)
        try:
            map_.save(str(path))
        except UnicodeEncodeError:
            broken += 1
            continue
        with browser.page(path) as (page, _):
            pin = page.locator(".leaflet-marker-icon")
            shown = []
            if pin.count():
                pin.hover()
                shown.append(page.evaluate("document.querySelector('.leaflet-tooltip')?.textContent"))
                pin.click()
                page.wait_for_timeout(150)
                shown.append(page.evaluate("document.querySelector('.leaflet-popup-content')?.textContent"))
            same = [value is not None and value.strip() == text.strip() for value in shown]
            ran += page.evaluate("window.__pwned !== undefined")
            broken += not shown or None in shown
            altered += bool(shown) and None not in shown and not all(same)
    n = len(HOSTILE)
    print(f"plain folium, {n} strings: {ran} ran script, {altered} showed another text, {broken} broke the page")
    place = pd.DataFrame({"lon": [43.77], "lat": [35.32], "radius_m": [2000.0], "name": ["x"], "place_id": ["x"]})
    frame = made(place.assign(country="IQ"), "incident", n, 5)
    for column in ("place_text", "grading", "dataset", "sources"):
        frame[column] = pd.Series(HOSTILE, dtype=object)
    path = folder / "hostile.html"
    gcas.save_html(gcas.town_map((43.77, 35.32), frame, within_km=50, within_days=0), path)
    with browser.page(path) as (page, found):
        shown = page.evaluate(
            """() => { const view = document.querySelector('.gc-shell').gcView;
            return view.incidents.map((r) => { view.open('incident', r);
                return [...document.querySelectorAll('.gc-card')].pop().querySelector('h2 bdi').textContent; }); }"""
        )
        ran = int(page.evaluate("window.__pwned !== undefined"))
        altered = sum(a != b for a, b in zip(shown, HOSTILE, strict=True))
        print(
            f"town_map, {n} strings: {ran} ran script, {altered} showed another text, {found['requests']:.0f} requests"
        )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--modules", type=Path)
    asked.add_argument("--only", nargs="*", default=["ours", "folium", "hostile"])
    options = asked.parse_args()
    gazetteer = gcas.load_gazetteer()
    frames, here = (
        [made(places, "incident", INCIDENTS // part, 2), made(places, "strike", STRIKES // part, 3)]
        for places, part in ((settlements(gazetteer), 1), (settlements(gazetteer, "ne:IQ-NI"), 10))
    )
    ours: dict[str, Callable[[], folium.Map]] = {
        "province_map": lambda: gcas.province_map(*frames),
        "town_map": lambda: gcas.town_map("Nineveh", *here, **LIMITS),
    }
    folium_maps: dict[str, Callable[[], folium.Map]] = {
        "folium FastMarkerCluster": lambda: fast_marker_cluster(frames),
        "folium GeoJson": lambda: geo_json(frames),
        "folium MarkerCluster": lambda: marker_cluster(frames),
    }
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        chromium = playwright.chromium.launch(executable_path=find(), args=["--no-sandbox", "--disable-gpu"])
        browser = Browser(chromium, options.modules)
        if "ours" in options.only:
            casebook(browser, folder)
            compare(ours, browser, options.rounds, folder)
        if "folium" in options.only:
            compare({"province_map": ours["province_map"], **folium_maps}, browser, options.rounds, folder)
        if "hostile" in options.only:
            hostile(browser, folder)
        chromium.close()


if __name__ == "__main__":
    main()
