"""Take the pictures of the README: both maps of the demo, in a real browser.

Run ``make pictures``; it writes ``docs/pictures/*.png``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from geocasualty.cli import main

HERE = Path(__file__).resolve().parent


def take(browser_path: str) -> None:
    """Write the demo's maps to a temporary folder and picture each at 1280 x 800."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        main_quietly(folder)
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        for page_path in sorted(Path(folder).glob("*.html")):
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(page_path.as_uri())
            page.wait_for_timeout(1500)
            page.screenshot(path=HERE / "pictures" / f"{page_path.stem}.png")
        browser.close()


def main_quietly(folder: str) -> None:
    """Run the demo; the command line ends by raising SystemExit."""
    try:
        main(["demo", "--output", folder])
    except SystemExit as end:
        if end.code:
            raise


if __name__ == "__main__":
    take(sys.argv[1])
