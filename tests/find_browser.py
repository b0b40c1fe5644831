"""Print the path of a Chromium for the tests; with ``--install``, get one if there is none."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from geocasualty.errors import InputError
from geocasualty.reporting._printed import browser

FONTS = "fonts-noto-core"


def find() -> str | None:
    """The one that prints reports, else Playwright's own."""
    with contextlib.suppress(InputError):
        return browser()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> str | None:
    """Debian's package when root, else Playwright's own download."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet, stdout=sys.stderr)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", FONTS],
            check=False,
            env=quiet,
            stdout=sys.stderr,
        )
    if find() is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, stdout=sys.stderr)
    return find()


if __name__ == "__main__":
    browser = find() or (install() if "--install" in sys.argv[1:] else None)
    if browser is None:
        sys.exit(
            "no browser for the tests: install Chromium or Chrome (Debian: apt-get install chromium; else: "
            "python -m playwright install chromium), or name one in GEOCASUALTY_BROWSER"
        )
    print(browser)
