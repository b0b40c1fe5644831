"""The command line in this process, with the gazetteer loaded once."""

import pytest

import geocasualty as gcas
from tests.cli.running import run_here


@pytest.fixture
def here(capfd, monkeypatch, gaz):
    load = gcas.load_gazetteer
    monkeypatch.setattr(gcas, "load_gazetteer", lambda path=None: gaz if path is None else load(path))
    return lambda *words, **more: run_here(capfd, monkeypatch, *words, **more)
