"""A third language by one file: English in circled letters, so that a plain one was not taken from it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from geocasualty import words

ENGLISH = re.compile(r"[A-Za-z]{3,}")
RING = {ord(c): 0x24D0 + k for k, c in enumerate("abcdefghijklmnopqrstuvwxyz")}
RING |= {ord(c): 0x24B6 + k for k, c in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}


def add_circled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Its code, once it stands beside the other languages."""
    folder = folder / "words"
    folder.mkdir()
    for path in words.FOLDER.glob("*.json"):
        (folder / path.name).write_text(path.read_text("utf-8"), "utf-8")
    texts = json.loads((folder / "en.json").read_text("utf-8"))
    made = {
        key: text
        if key == "direction" or key.startswith("plural.")
        else "".join(part if part.startswith("{") else part.translate(RING) for part in re.split(r"(\{\w+\})", text))
        for key, text in texts.items()
    }
    (folder / "xx.json").write_text(json.dumps(made), "utf-8")
    monkeypatch.setattr(words, "FOLDER", folder)
    return "xx"
