"""Shared fixtures: the bundled gazetteer and casebook, the real records, a real browser."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

import geocasualty as gcas
from geocasualty.datasets import Casebook
from geocasualty.gazetteer import Gazetteer

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)  # a landing never depends on the draw of a day
settings.load_profile("ci" if os.environ.get("CI") else "here")

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def gaz() -> Gazetteer:
    return gcas.load_gazetteer()


@pytest.fixture
def book(gaz: Gazetteer) -> Casebook:
    return gcas.load_casebook(gaz)


@pytest.fixture(scope="session")
def real_data() -> Path:
    if not REAL_DATA.is_dir():
        pytest.skip("the folder of real records, ../shared/data, is absent")
    return REAL_DATA


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium; never skipped, so that a missing browser fails the run."""
    from playwright.sync_api import sync_playwright

    from tests.find_browser import find

    path = os.environ.get("GEOCASUALTY_BROWSER") or find()
    assert path, "no browser; run `make browser`"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
            ],
        )
        yield chromium
        chromium.close()
