"""Records around one town, and a page opened in a real browser that notes everything it does."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely


def make_incidents(n: int = 1, **columns: Any) -> gpd.GeoDataFrame:
    start = pd.Timestamp("2015-06-02 21:00", tz="UTC")
    data: dict[str, Any] = {
        "incident_id": [f"i{k}" for k in range(n)],
        "radius_m": 500.0,
        "precision": "exact",
        "vicinity": False,
        "place_text": "Hawijah",
        "place_id": None,
        "country": "IQ",
        "start": start,
        "end": start + pd.Timedelta(days=1),
        "timezone": "Asia/Baghdad",
        "belligerents": "Coalition",
        "dataset": "test",
        "row": range(n),
        "sources": "https://example.org/report;A report, 2015",
        "killed_min": 1.0,
        "killed_max": 3.0,
        "injured_min": np.nan,
        "injured_max": np.nan,
        "children_min": np.nan,
        "children_max": np.nan,
        "grading": "fair",
    }
    points = [shapely.Point(43.77 + 0.01 * k, 35.32) for k in range(n)]
    return gpd.GeoDataFrame(data | columns, geometry=points, crs="EPSG:4326", index=range(n))


def make_strikes(n: int = 1, **columns: Any) -> gpd.GeoDataFrame:
    frame = make_incidents(n, n_strikes=2.0, n_rows=1.0, event_group="g").drop(
        columns=[name for name in make_incidents(1).columns if "_m" in name and name != "radius_m"] + ["grading"]
    )
    frame = frame.rename(columns={"incident_id": "strike_id"})
    frame["strike_id"] = [f"s{k}" for k in range(n)]
    return frame.assign(**columns)


@dataclass
class Visit:
    """A page and what happened while it was open."""

    page: Any
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)

    def quiet(self) -> None:
        assert self.requests == []
        assert self.messages == []
        assert self.page.evaluate("window.__violations") == []
        assert self.page.evaluate("window.__pwned") is None


@pytest.fixture
def visit(browser: Any, tmp_path: Path):
    """Open a map, from a file, and note every request, message and policy violation."""
    contexts = []

    def opened(map_: Any, width: int = 1280, height: int = 800, **kwargs: Any) -> Visit:
        target = tmp_path / f"{len(contexts)}.html"
        map_.save(str(target))
        context = browser.new_context(viewport={"width": width, "height": height}, **kwargs)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.add_init_script(
            "window.__violations = []; document.addEventListener('securitypolicyviolation',"
            " e => window.__violations.push(e.violatedDirective + ' ' + e.blockedURI));"
        )
        seen = Visit(page)
        own = target.as_uri()
        page.on(
            "request",
            lambda r: None if r.url == own or r.url.startswith("data:") else seen.requests.append(r.url),
        )
        page.on("requestfinished", lambda r: seen.answered.append(r.url) if r.url in seen.requests else None)
        page.on("console", lambda m: seen.messages.append(m.text))
        page.on("pageerror", lambda e: seen.messages.append(str(e)))
        page.on("dialog", lambda d: (seen.messages.append("dialog"), d.dismiss()))
        page.goto(own)
        return seen

    yield opened
    for context in contexts:
        context.close()
